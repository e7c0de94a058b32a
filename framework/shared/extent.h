// Sides of pictures: the options `size`, or `height` and `width`, that cropping
// transforms share, and how they round.

#ifndef TOQUE_FRAMEWORK_SHARED_EXTENT_H_
#define TOQUE_FRAMEWORK_SHARED_EXTENT_H_

#include <cmath>

#include "framework/core/option_checks.h"

namespace toque {

// Height and width of a picture in pixels.
struct Extent {
  int64_t height = 0;
  int64_t width = 0;
};

// The greatest side that options may ask for.
inline constexpr int64_t kMaxSide = 65535;

// A length in whole pixels; half a pixel goes to the even number, as in
// torchvision. One that no integer can hold stays beyond every picture's side.
inline int64_t WholePixels(double length) {
  constexpr double kFar = 0x1p52;
  return static_cast<int64_t>(length < kFar ? std::nearbyint(length) : kFar);
}

// That just one of both forms is given, and each side is in 1..65535.
template <typename Options>
absl::Status CheckExtent(const Options& options) {
  const bool both = options.has_height() && options.has_width();
  const bool any = options.has_height() || options.has_width();
  if (options.has_size() ? any : !both) {
    return Invalid("either size must be given, or height and width");
  }
  if (options.has_size()) {
    return Between("size", options.size(), 1, kMaxSide);
  }
  return Together({Between("height", options.height(), 1, kMaxSide),
                   Between("width", options.width(), 1, kMaxSide)});
}

// What checked options ask for; `size` is the side of a square.
template <typename Options>
Extent ExtentOf(const Options& options) {
  if (options.has_size()) return {options.size(), options.size()};
  return {options.height(), options.width()};
}

// "224 x 256", for errors.
inline std::string TextOf(const Extent& extent) {
  return absl::StrCat(extent.height, " x ", extent.width);
}

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_SHARED_EXTENT_H_
