#include "framework/shared/soft_target.h"

#include <vector>

#include "ATen/core/Reduction.h"
#include "ATen/ops/cross_entropy_loss.h"
#include "ATen/ops/zeros.h"
#include "c10/core/DefaultDtype.h"
#include "framework/core/check_shape.h"

namespace toque {

at::Tensor OneHotRows(const at::Tensor& labels, int64_t classes,
                      at::ScalarType type) {
  std::vector<int64_t> shape = labels.sizes().vec();
  shape.insert(shape.begin() + 1, classes);
  const at::Tensor places = labels.unsqueeze(1);
  return at::zeros(shape, labels.options().dtype(type))
      .scatter_(1, places.clamp_min(0), places.ge(0).to(type));
}

bool HasRows(const at::Tensor& output, const at::Tensor& target) {
  TORCH_CHECK(output.dim() >= 2, "output must have shape [N, C, ...], got ",
              output.sizes());
  return target.dim() == output.dim();
}

at::Tensor RowsLike(const at::Tensor& output, const at::Tensor& target) {
  if (HasRows(output, target)) {
    CHECK_SAME_SHAPE(output, target);
    return target.to(output.scalar_type());
  }
  std::vector<int64_t> shape = output.sizes().vec();
  shape.erase(shape.begin() + 1);
  CHECK_SHAPE(target, shape);
  return OneHotRows(target, output.size(1), output.scalar_type());
}

at::Tensor CountedRows(const at::Tensor& rows) {
  return rows.ne(0).any(1).sum().clamp_min(1);
}

at::Tensor CrossEntropyOfRows(const at::Tensor& output, const at::Tensor& rows,
                              const std::optional<at::Tensor>& weight,
                              int64_t reduction) {
  CHECK_SAME_SHAPE(output, rows);
  const at::Tensor sum = at::cross_entropy_loss(
      output, rows.to(output.scalar_type()), weight, at::Reduction::Sum);
  if (reduction == at::Reduction::Sum) return sum;
  return sum.div(CountedRows(rows));
}

at::Tensor WithIgnored(const at::Tensor& labels, int64_t ignore_index) {
  if (ignore_index == kIgnoredLabel) return labels;
  return labels.masked_fill(labels.lt(0), ignore_index);
}

at::Tensor CrossEntropyOf(const at::Tensor& output, const at::Tensor& target,
                          const std::optional<at::Tensor>& weight,
                          int64_t reduction, int64_t ignore_index) {
  if (HasRows(output, target)) {
    return CrossEntropyOfRows(output, target, weight, reduction);
  }
  return at::cross_entropy_loss(output, WithIgnored(target, ignore_index),
                                weight, reduction, ignore_index);
}

absl::StatusOr<at::Tensor> MixableTarget(const at::Tensor& target,
                                         const DatasetInfo& dataset) {
  const at::ScalarType type = c10::get_default_dtype_as_scalartype();
  // A transform before this one may have made rows already.
  if (target.is_floating_point()) return target;
  if (dataset.target == TargetKind::kValues) return target.to(type);
  if (dataset.classes < 1) {
    return Invalid("labels are mixed, and the data set must have classes",
                   dataset.classes);
  }
  return OneHotRows(target, dataset.classes, type);
}

}  // namespace toque
