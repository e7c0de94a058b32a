// The filter of an option.

#ifndef TOQUE_FRAMEWORK_SHARED_IMAGE_FILTER_H_
#define TOQUE_FRAMEWORK_SHARED_IMAGE_FILTER_H_

#include "framework/image/pixels.h"
#include "framework/options.pb.h"

namespace toque {

inline Filter FilterOf(Interpolation interpolation) {
  switch (interpolation) {
    case BICUBIC:
      return Filter::kBicubic;
    case NEAREST:
      return Filter::kNearest;
    case BILINEAR:
      break;
  }
  return Filter::kBilinear;
}

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_SHARED_IMAGE_FILTER_H_
