#include "framework/shared/small_tensor.h"

#include <array>
#include <cmath>

namespace toque {
namespace {

bool IsSmall(const at::Tensor& tensor) {
  return tensor.scalar_type() == at::kFloat && tensor.is_contiguous() &&
         tensor.numel() <= 4096;
}

// Several sums side by side, since one would wait for itself.
double SumOfSquares(const float* values, int64_t count) {
  std::array<double, 4> sums = {};
  int64_t i = 0;
  for (; i + 4 <= count; i += 4) {
    for (size_t lane = 0; lane < 4; ++lane) {
      const double value = values[static_cast<size_t>(i) + lane];
      sums[lane] += value * value;
    }
  }
  for (; i < count; ++i) sums[0] += static_cast<double>(values[i]) * values[i];
  return sums[0] + sums[1] + sums[2] + sums[3];
}

}  // namespace

double Norm(const at::Tensor& tensor, double p) {
  if (p == 2 && IsSmall(tensor)) {
    return std::sqrt(
        SumOfSquares(tensor.const_data_ptr<float>(), tensor.numel()));
  }
  return tensor.norm(p).item<double>();
}

void Scale(const at::Tensor& tensor, double factor) {
  if (!IsSmall(tensor)) {
    tensor.mul_(factor);
    return;
  }
  float* values = tensor.mutable_data_ptr<float>();
  const auto scale = static_cast<float>(factor);
  const int64_t count = tensor.numel();
  for (int64_t i = 0; i < count; ++i) values[i] *= scale;
}

void MoveTowards(const at::Tensor& tensor, const at::Tensor& end,
                 double share) {
  if (share == 1) {  // which the formula below meets but for rounding
    tensor.copy_(end);
    return;
  }
  if (!IsSmall(tensor) || !IsSmall(end)) {
    tensor.lerp_(end, share);
    return;
  }
  float* values = tensor.mutable_data_ptr<float>();
  const float* ends = end.const_data_ptr<float>();
  const auto weight = static_cast<float>(share);
  const int64_t count = tensor.numel();
  for (int64_t i = 0; i < count; ++i) {
    values[i] += weight * (ends[i] - values[i]);
  }
}

}  // namespace toque
