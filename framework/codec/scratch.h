// Memory that decoders keep from one picture to the next.

#ifndef TOQUE_FRAMEWORK_CODEC_SCRATCH_H_
#define TOQUE_FRAMEWORK_CODEC_SCRATCH_H_

#include <cstdint>
#include <vector>

namespace toque {

// What a thread keeps at most.
inline constexpr size_t kMostScratch = size_t{1} << 26;

// A thread's buffer, kept so that a step allocates nothing. One that a great
// picture made greater than kMostScratch is given back at the end.
class Scratch {
 public:
  explicit Scratch(std::vector<uint8_t>* buffer) : buffer_(buffer) {}
  ~Scratch() {
    if (buffer_->capacity() > kMostScratch) {
      std::vector<uint8_t>().swap(*buffer_);
    }
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

 private:
  std::vector<uint8_t>* const buffer_;
};

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_CODEC_SCRATCH_H_
