// Numbers of some bits each, the highest first.

#ifndef TOQUE_FRAMEWORK_VIDEO_INDEX_BIT_READER_H_
#define TOQUE_FRAMEWORK_VIDEO_INDEX_BIT_READER_H_

#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"

namespace toque {

// Behind the end there are zeros, and `past_end` tells.
class BitReader {
 public:
  explicit BitReader(absl::Span<const uint8_t> bytes) : bytes_(bytes) {}

  // The next `count` bits, at most 32.
  uint32_t Bits(int count) {
    uint32_t value = 0;
    for (; count > 0; --count) value = value << 1 | Bit();
    return value;
  }
  bool Flag() { return Bit() != 0; }
  bool past_end() const { return at_ > 8 * bytes_.size(); }

 private:
  uint32_t Bit() {
    const size_t at = at_++;
    if (at >= 8 * bytes_.size()) return 0;
    return bytes_[at / 8] >> (7 - at % 8) & 1;
  }

  absl::Span<const uint8_t> bytes_;
  size_t at_ = 0;
};

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_VIDEO_INDEX_BIT_READER_H_
