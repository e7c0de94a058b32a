// What the operations share: Pillow's arithmetic of levels.

#ifndef TOQUE_FRAMEWORK_AUGMENT_BLEND_H_
#define TOQUE_FRAMEWORK_AUGMENT_BLEND_H_

#include <algorithm>
#include <cstdint>

namespace toque {

// from + factor * (to - from), cut off to 0..255 and to an integer.
inline uint8_t Blend(int from, int to, float factor) {
  const float mixed =
      static_cast<float>(from) + factor * static_cast<float>(to - from);
  return static_cast<uint8_t>(std::clamp(mixed, 0.0f, 255.0f));
}

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_AUGMENT_BLEND_H_
