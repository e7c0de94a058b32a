#include "framework/tensors/pairwise_distance.h"

#include <cmath>

#include "ATen/ops/cdist.h"
#include "framework/core/check_shape.h"

namespace toque {
namespace {

// Twice the rounding error, about, of a sum of `terms` squares, as a share of
// it.
double Rounding(at::ScalarType type, int64_t terms) {
  const double epsilon = type == at::kDouble     ? 0x1p-52
                         : type == at::kHalf     ? 0x1p-10
                         : type == at::kBFloat16 ? 0x1p-7
                                                 : 0x1p-23;
  return 2 * epsilon * std::sqrt(static_cast<double>(terms));
}

at::Tensor ByMatrixProduct(const at::Tensor& a, const at::Tensor& b) {
  const at::Tensor squares =
      a.square().sum(1, /*keepdim=*/true).add(b.square().sum(1));
  const at::Tensor squared = squares.sub(a.matmul(b.t()), 2);
  const at::Tensor zero =
      squared.le(squares.mul(Rounding(a.scalar_type(), a.size(1))));
  // The root is taken of 1 where the distance is 0: no gradient passes there.
  return squared.masked_fill(zero, 1).sqrt().masked_fill(zero, 0);
}

}  // namespace

at::Tensor PairwiseDistance(const at::Tensor& a, const at::Tensor& b,
                            DistanceMethod method) {
  Axes axes;
  CHECK_AXES(axes, a, {"m", "d"});
  CHECK_AXES(axes, b, {"n", "d"});
  TORCH_CHECK(a.is_floating_point(), "a must be floating, got ",
              a.scalar_type());
  if (method == DistanceMethod::kMatrixProduct) return ByMatrixProduct(a, b);
  return at::cdist(a, b, 2, /*compute_mode, never a matrix product*/ 2);
}

}  // namespace toque
