// Tensors in random order.

#ifndef TOQUE_FRAMEWORK_TENSORS_SHUFFLE_H_
#define TOQUE_FRAMEWORK_TENSORS_SHUFFLE_H_

#include <vector>

#include "ATen/core/Tensor.h"
#include "framework/core/rng.h"
#include "framework/status.h"

namespace toque {

// Copies of the tensors whose first axes are put into one random order (recipe
// R21), so that what stood in the same row still does: inputs and their labels.
// Each stays on its device. An error, before anything is drawn, unless there
// are first axes and all have the same size.
absl::StatusOr<std::vector<at::Tensor>> ShuffleTogether(
    const std::vector<at::Tensor>& tensors, Rng& rng);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_TENSORS_SHUFFLE_H_
