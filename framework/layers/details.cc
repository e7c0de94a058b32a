#include "framework/layers/details.h"

#include <array>
#include <cmath>

#include "ATen/ops/empty.h"
#include "framework/core/check_shape.h"
#include "framework/layers/initial.h"

namespace toque {

at::Tensor Uniform(at::IntArrayRef shape, double bound) {
  const at::Tensor values = at::empty(shape);
  SetUniform(values, bound);
  return values;
}

int64_t FanIn(at::IntArrayRef weight_shape) {
  return c10::multiply_integers(weight_shape.slice(1));
}

at::Tensor InitialWeight(at::IntArrayRef shape) {
  // 1 / sqrt(fan_in) in Python's steps, which decide the last bit.
  const double slope = std::sqrt(5.0);
  const double gain = std::sqrt(2.0 / (1 + slope * slope));
  const double deviation = gain / std::sqrt(static_cast<double>(FanIn(shape)));
  return Uniform(shape, std::sqrt(3.0) * deviation);
}

at::Tensor InitialBias(int64_t size, at::IntArrayRef weight_shape) {
  return Uniform(size, 1 / std::sqrt(static_cast<double>(FanIn(weight_shape))));
}

void CheckChannels(const at::Tensor& input, int64_t channels,
                   int64_t dimensions) {
  std::array<int64_t, 5> shape;
  shape.fill(kAny);
  shape[1] = channels;
  const auto rank = static_cast<size_t>(dimensions) + 2;
  CheckShape(input, "input", at::IntArrayRef(shape.data(), rank));
}

}  // namespace toque
