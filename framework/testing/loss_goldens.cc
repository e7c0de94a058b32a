#include "framework/testing/loss_goldens.h"

#include "ATen/ops/tensor.h"

namespace toque {

at::Tensor GoldenLogits() {
  return at::tensor(
             {1.0, -0.5, 2.0, 0.25, 0.0, 1.5, -1.0, 0.5, -2.0, 0.75, 0.5, 3.0})
      .view({3, 4});
}

at::Tensor GoldenClasses() { return at::tensor({2, 0, 3}, at::kLong); }

at::Tensor GoldenSoft() {
  return at::tensor(
             {0.7, 0.3, 0.0, 0.0, 0.1, 0.2, 0.3, 0.4, 0.0, 0.0, 0.5, 0.5})
      .view({3, 4});
}

}  // namespace toque
