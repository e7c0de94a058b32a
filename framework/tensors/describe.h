// Tensors in words, for messages and for those who look into a run.

#ifndef TOQUE_FRAMEWORK_TENSORS_DESCRIBE_H_
#define TOQUE_FRAMEWORK_TENSORS_DESCRIBE_H_

#include <string>

#include "ATen/core/Tensor.h"

namespace toque {

// "[3, 4, 5]"; "[]" of a scalar.
std::string ShapeText(at::IntArrayRef sizes);

// "float32 [3, 4, 5]", "float32 [N=3, C=4]", "undefined".
std::string TypeAndShape(const at::Tensor& tensor);

// What a tensor is, without its values (recipe R10), which stay on the device:
//   float32 [3, 4, 5] cpu
//   float32 [N=3, C=4] cuda:0, requires grad
//   int64 [4, 3] cpu, strides [1, 4]
// Strides stand there where the tensor is not contiguous, and the layout where
// it is not dense; "undefined" is a tensor that is none.
std::string Describe(const at::Tensor& tensor);

// All values, six digits of each, a pair of brackets an axis:
//   [[0, 0.5], [1, nan]]
// They are read from the device one by one: for small tensors.
std::string ValuesText(const at::Tensor& tensor);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_TENSORS_DESCRIBE_H_
