// Gradients of named tensors, checked by finite differences.

#ifndef TOQUE_FRAMEWORK_SHARED_GRADIENT_CHECK_H_
#define TOQUE_FRAMEWORK_SHARED_GRADIENT_CHECK_H_

#include <cstdint>
#include <functional>

#include "ATen/core/Tensor.h"
#include "framework/core/state.h"

namespace toque {

struct GradientReport {
  int64_t entries = 0;  // that were looked at
  double greatest = 0;  // difference among them
};

// Compares the gradients that autograd gives of `value`, a float64 scalar that
// is the same whenever it is computed, with central differences: at up to
// `entries` places of each of `parameters`, evenly spread. They are contiguous,
// in float64, and left as they are. An entry may differ by `tolerance` of the
// greater of the two, and by what rounding makes of it; the error names the
// first that differs by more.
absl::StatusOr<GradientReport> CompareGradients(
    const std::function<at::Tensor()>& value, const NamedTensors& parameters,
    int64_t entries, double tolerance);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_SHARED_GRADIENT_CHECK_H_
