// Soft targets: for each label of [N, ...] a row over the classes, [N, C, ...].
//
// The row of an ignored label, any below 0, is zeros. Losses leave such a row
// out of their mean, as they leave out the label.

#ifndef TOQUE_FRAMEWORK_SHARED_SOFT_TARGET_H_
#define TOQUE_FRAMEWORK_SHARED_SOFT_TARGET_H_

#include <cstdint>
#include <optional>

#include "ATen/core/Tensor.h"
#include "framework/core/context.h"
#include "framework/status.h"

namespace toque {

// Labels [N, ...] as one-hot rows. Throws at a label of `classes` or above.
at::Tensor OneHotRows(const at::Tensor& labels, int64_t classes,
                      at::ScalarType type);

// The target of scores `output` [N, C, ...] as rows of their shape and type: of
// labels [N, ...], or of rows already. Throws at any other shape.
at::Tensor RowsLike(const at::Tensor& output, const at::Tensor& target);

// The number of rows that are not zeros, at least 1: a scalar.
at::Tensor CountedRows(const at::Tensor& rows);

// at::cross_entropy_loss of scores and rows of the same shape, of which a mean
// leaves out those of zeros. `reduction` is one of at::Reduction.
at::Tensor CrossEntropyOfRows(const at::Tensor& output, const at::Tensor& rows,
                              const std::optional<at::Tensor>& weight,
                              int64_t reduction);

// A batch's target in a form that can be averaged: labels [N] as rows, values
// as they are. An error where the data set does not say how many classes there
// are.
absl::StatusOr<at::Tensor> MixableTarget(const at::Tensor& target,
                                         const DatasetInfo& dataset);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_SHARED_SOFT_TARGET_H_
