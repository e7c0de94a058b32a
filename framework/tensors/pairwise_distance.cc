#include "framework/tensors/pairwise_distance.h"

#include <cmath>

#include "ATen/ops/cdist.h"
#include "framework/core/check_shape.h"
#include "framework/core/dtype.h"

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

void CheckTypes(at::ScalarType a, at::ScalarType b, DistanceMethod method) {
  TORCH_CHECK(at::isFloatingType(a), "a must be floating, got ", DTypeName(a));
  TORCH_CHECK(a == b, "b must be ", DTypeName(a), " as a is, got ",
              DTypeName(b));
  TORCH_CHECK(method == DistanceMethod::kMatrixProduct || a == at::kFloat ||
                  a == at::kDouble,
              "exact distances need float32 or float64, got ", DTypeName(a));
}

}  // namespace

at::Tensor PairwiseDistance(const at::Tensor& a, const at::Tensor& b,
                            DistanceMethod method) {
  Axes axes;
  CHECK_AXES(axes, a, {"m", "d"});
  CHECK_AXES(axes, b, {"n", "d"});
  CheckTypes(a.scalar_type(), b.scalar_type(), method);
  if (method == DistanceMethod::kMatrixProduct) return ByMatrixProduct(a, b);
  return at::cdist(a, b, 2, /*compute_mode, never a matrix product*/ 2);
}

}  // namespace toque
