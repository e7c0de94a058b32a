// The inputs of the losses' goldens: those of tests/goldens/losses.py, of three
// examples and four classes.

#ifndef TOQUE_FRAMEWORK_TESTING_LOSS_GOLDENS_H_
#define TOQUE_FRAMEWORK_TESTING_LOSS_GOLDENS_H_

#include "ATen/core/Tensor.h"

namespace toque {

at::Tensor GoldenLogits();   // float64 [3, 4]
at::Tensor GoldenClasses();  // int64 [3]
at::Tensor GoldenSoft();     // float64 [3, 4]; each row sums to 1

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_TESTING_LOSS_GOLDENS_H_
