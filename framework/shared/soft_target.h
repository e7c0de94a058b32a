// Soft targets: for each label of [N, ...] a row over the classes, [N, C, ...].
//
// The row of an ignored label, any below 0, is zeros. Losses over classes leave
// such a row out of their mean, as they leave out the label. Those that look at
// each score apart, BceWithLogits and Mse, take it for a no to every class.

#ifndef TOQUE_FRAMEWORK_SHARED_SOFT_TARGET_H_
#define TOQUE_FRAMEWORK_SHARED_SOFT_TARGET_H_

#include <cstdint>
#include <optional>

#include "ATen/core/Tensor.h"
#include "framework/core/context.h"
#include "framework/core/example.h"
#include "framework/status.h"

namespace toque {

// Labels [N, ...] as one-hot rows. Throws at a label of `classes` or above.
at::Tensor OneHotRows(const at::Tensor& labels, int64_t classes,
                      at::ScalarType type);

// Whether the target of scores `output` [N, C, ...] is rows, and not labels:
// whether it has as many dimensions. Throws at scores of fewer than 2.
bool HasRows(const at::Tensor& output, const at::Tensor& target);

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

// Labels for at::cross_entropy_loss, which leaves out `ignore_index` alone: any
// below 0 becomes it. At kIgnoredLabel, the one that a loader lets through,
// they are as they were.
at::Tensor WithIgnored(const at::Tensor& labels, int64_t ignore_index);

// Cross-entropy of scores [N, C, ...] and either rows of their shape or labels
// [N, ...], without those that are `ignore_index` or below 0. `reduction` is
// one of at::Reduction. Throws at targets of any other shape.
at::Tensor CrossEntropyOf(const at::Tensor& output, const at::Tensor& target,
                          const std::optional<at::Tensor>& weight,
                          int64_t reduction,
                          int64_t ignore_index = kIgnoredLabel);

// A batch's target in a form that can be averaged: labels [N] as rows, values
// as they are. An error where the data set does not say how many classes there
// are.
absl::StatusOr<at::Tensor> MixableTarget(const at::Tensor& target,
                                         const DatasetInfo& dataset);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_SHARED_SOFT_TARGET_H_
