// Archives of NumPy arrays.

#ifndef TOQUE_FRAMEWORK_WEIGHTS_NPZ_H_
#define TOQUE_FRAMEWORK_WEIGHTS_NPZ_H_

#include "ATen/core/Tensor.h"
#include "framework/core/state.h"
#include "framework/status.h"

namespace toque {

// The arrays of a file's bytes, uint8 [n], in its order and without ".npy" in
// their names. Little-endian numbers and truth values, stored or deflated, by
// rows or by columns; arrays of objects, which are pickles, are refused.
absl::StatusOr<NamedTensors> ParseNpz(const at::Tensor& bytes);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_WEIGHTS_NPZ_H_
