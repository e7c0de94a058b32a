#include "framework/testing/gradient.h"

#include <algorithm>
#include <cmath>

#include "ATen/ops/empty.h"

namespace toque {

double GradientError(
    const std::function<at::Tensor(const at::Tensor& input)>& function,
    const at::Tensor& input) {
  constexpr double kStep = 1e-5;
  const at::Tensor x =
      input.detach().contiguous().clone().set_requires_grad(true);
  function(x).backward();
  const at::Tensor gradient = x.grad().contiguous();
  double* values = x.mutable_data_ptr<double>();
  double worst = 0;
  for (int64_t i = 0; i < x.numel(); ++i) {
    const double value = values[i];
    values[i] = value + kStep;
    const double above = function(x).item<double>();
    values[i] = value - kStep;
    const double below = function(x).item<double>();
    values[i] = value;
    const double difference = (above - below) / (2 * kStep);
    worst = std::max(
        worst, std::abs(difference - gradient.const_data_ptr<double>()[i]));
  }
  return worst;
}

at::Tensor Scattered(at::IntArrayRef shape) {
  at::Tensor tensor = at::empty(shape, at::kDouble);
  double* values = tensor.mutable_data_ptr<double>();
  for (int64_t i = 0; i < tensor.numel(); ++i) {
    values[i] = std::sin(12.9898 * static_cast<double>(i + 1));
  }
  return tensor;
}

}  // namespace toque
