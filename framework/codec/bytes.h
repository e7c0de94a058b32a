// Numbers in the bytes of a file. Nothing is checked: the bytes must be there.

#ifndef TOQUE_FRAMEWORK_CODEC_BYTES_H_
#define TOQUE_FRAMEWORK_CODEC_BYTES_H_

#include <cstdint>

namespace toque {

inline uint32_t Little16(const uint8_t* p) {
  return static_cast<uint32_t>(p[0]) | static_cast<uint32_t>(p[1]) << 8;
}
inline uint32_t Little32(const uint8_t* p) {
  return Little16(p) | Little16(p + 2) << 16;
}
inline uint32_t Big16(const uint8_t* p) {
  return static_cast<uint32_t>(p[0]) << 8 | static_cast<uint32_t>(p[1]);
}
inline uint32_t Big32(const uint8_t* p) {
  return Big16(p) << 16 | Big16(p + 2);
}

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_CODEC_BYTES_H_
