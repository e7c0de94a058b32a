// Gradients checked by finite differences.

#ifndef TOQUE_FRAMEWORK_TESTING_GRADIENT_H_
#define TOQUE_FRAMEWORK_TESTING_GRADIENT_H_

#include <functional>

#include "ATen/core/Tensor.h"

namespace toque {

// The greatest difference, over the elements of a float64 `input`, between the
// gradient that autograd gives of a scalar function there and the central
// difference of its values; about 1e-9 for a smooth function of order 1.
double GradientError(
    const std::function<at::Tensor(const at::Tensor& input)>& function,
    const at::Tensor& input);

// Float64 values in -1..1 without pattern, the same on every machine.
at::Tensor Scattered(at::IntArrayRef shape);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_TESTING_GRADIENT_H_
