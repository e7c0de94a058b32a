// Sizes of kernels, strides and paddings.

#ifndef TOQUE_FRAMEWORK_LAYERS_SPATIAL_H_
#define TOQUE_FRAMEWORK_LAYERS_SPATIAL_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "c10/util/ArrayRef.h"

namespace toque {

// A number for each spatial dimension, {1, 7}; a single one stands for all.
template <size_t kDimensions>
struct Spatial {
  Spatial(int64_t all) { each.fill(all); }
  template <typename... Sizes>
  Spatial(int64_t first, int64_t second, Sizes... more)
      : each{first, second, more...} {
    static_assert(sizeof...(more) + 2 == kDimensions);
  }
  operator c10::IntArrayRef() const { return each; }

  std::array<int64_t, kDimensions> each;
};

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_LAYERS_SPATIAL_H_
