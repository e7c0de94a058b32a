// Pictures made smaller before they are encoded.

#ifndef TOQUE_TOOLS_SHRINK_H_
#define TOQUE_TOOLS_SHRINK_H_

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "framework/image/image.h"

namespace toque {

// Notes a resizing that takes the picture's side of `side` pixels to `most`,
// and the other one in proportion; none, and false, where `most` is 0 or the
// side isn't longer.
inline bool Shrink(int64_t side, int64_t most, Image* image) {
  if (most == 0 || side <= most) return false;
  const double scale = static_cast<double>(most) / static_cast<double>(side);
  const auto shrunk = [scale](int64_t length) {
    return std::max<int64_t>(std::lround(scale * static_cast<double>(length)),
                             1);
  };
  image->Resize(shrunk(image->height()), shrunk(image->width()));
  return true;
}

}  // namespace toque

#endif  // TOQUE_TOOLS_SHRINK_H_
