// Plain loops over small tensors, where the call of an operator costs more than
// its work. All but contiguous float32 of few elements goes to operators.

#ifndef TOQUE_FRAMEWORK_SHARED_SMALL_TENSOR_H_
#define TOQUE_FRAMEWORK_SHARED_SMALL_TENSOR_H_

#include "ATen/core/Tensor.h"

namespace toque {

// For tensors on the CPU, outside of autograd.

// The p-norm; that of p = inf is the greatest absolute value.
double Norm(const at::Tensor& tensor, double p);
// tensor *= factor
void Scale(const at::Tensor& tensor, double factor);
// tensor += share * (end - tensor), of equal shapes and layouts; a share of 1
// makes them equal
void MoveTowards(const at::Tensor& tensor, const at::Tensor& end, double share);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_SHARED_SMALL_TENSOR_H_
