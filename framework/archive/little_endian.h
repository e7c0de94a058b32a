// Numbers in files.

#ifndef TOQUE_FRAMEWORK_ARCHIVE_LITTLE_ENDIAN_H_
#define TOQUE_FRAMEWORK_ARCHIVE_LITTLE_ENDIAN_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace toque {

// The number of `size` bytes, at most 8, at `offset`; they must be there.
inline uint64_t LittleEndian(std::string_view bytes, size_t offset,
                             size_t size) {
  uint64_t value = 0;
  for (size_t i = size; i-- > 0;) {
    value = value << 8 | static_cast<unsigned char>(bytes[offset + i]);
  }
  return value;
}

inline void AppendLittleEndian(uint64_t value, size_t size, std::string* out) {
  for (size_t i = 0; i < size; ++i) {
    out->push_back(static_cast<char>(value & 0xff));
    value >>= 8;
  }
}

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_ARCHIVE_LITTLE_ENDIAN_H_
