// Tensors of examples made into one of a batch (recipe R24).

#ifndef TOQUE_FRAMEWORK_TENSORS_COLLATE_H_
#define TOQUE_FRAMEWORK_TENSORS_COLLATE_H_

#include <vector>

#include "ATen/core/Tensor.h"
#include "framework/status.h"

namespace toque {

// All are of one type, and there is at least one; what doesn't fit is an error
// that names the first such tensor: "examples[2] must have shape [*, 5], got
// [9, 4]".

// One after the other along the first axis, which may differ in size: three
// [10, 5] to [30, 5].
absl::StatusOr<at::Tensor> Cat(const std::vector<at::Tensor>& examples);

// Along a new first axis, all of one shape: three [10, 5] to [3, 10, 5].
absl::StatusOr<at::Tensor> Stack(const std::vector<at::Tensor>& examples);

struct PaddedBatch {
  at::Tensor values;   // [N, longest, ...]
  at::Tensor lengths;  // int64 [N]: of the examples' first axes
};

// As Stack, of examples whose first axes differ in size; those that are shorter
// than the longest end in `padding`.
absl::StatusOr<PaddedBatch> PadStack(const std::vector<at::Tensor>& examples,
                                     double padding = 0);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_TENSORS_COLLATE_H_
