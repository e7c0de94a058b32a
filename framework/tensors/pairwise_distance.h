// Distances between all points of two sets (recipe R30).

#ifndef TOQUE_FRAMEWORK_TENSORS_PAIRWISE_DISTANCE_H_
#define TOQUE_FRAMEWORK_TENSORS_PAIRWISE_DISTANCE_H_

#include "ATen/core/Tensor.h"

namespace toque {

enum class DistanceMethod {
  // |a|^2 + |b|^2 - 2 a b: one matrix product, memory for [m, n]. Squares
  // cancel, so that distances far below the points' lengths are rough; those
  // below the rounding of the squares are 0.
  kMatrixProduct,
  // The root of the sum of the squared differences. Small distances are as
  // accurate as great ones; slower than a matrix product. Going forward takes
  // memory for [m, n]; going backward on a GPU takes it for [m, n, d]. For
  // float32 and float64.
  kExact,
};

// Euclidean distances [m, n] of the points a: [m, d] and b: [n, d], of one
// floating type. Gradients are finite, and 0 at a distance of 0, where sqrt's
// is NaN. Throws where shapes or types don't fit.
at::Tensor PairwiseDistance(
    const at::Tensor& a, const at::Tensor& b,
    DistanceMethod method = DistanceMethod::kMatrixProduct);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_TENSORS_PAIRWISE_DISTANCE_H_
