#include "framework/shared/class_weights.h"

#include <algorithm>
#include <vector>

#include "ATen/ops/tensor.h"
#include "framework/core/option_checks.h"

namespace toque {

absl::StatusOr<ClassWeights> ClassWeights::Make(std::string_view name,
                                                absl::Span<const double> values,
                                                const Context& context) {
  for (const double value : values) {
    RETURN_IF_ERROR(AtLeast(name, value, 0));
  }
  const auto counts = [](double value) { return value > 0; };
  if (!values.empty() && std::none_of(values.begin(), values.end(), counts)) {
    return Invalid(absl::StrCat(View(name), " must be above 0 somewhere"),
                   "zeros alone");
  }
  const int64_t classes = context.dataset().classes;
  const auto count = static_cast<int64_t>(values.size());
  if (count > 0 && classes > 0 && count != classes) {
    return Invalid(absl::StrCat(View(name), " must have a value for each of ",
                                "the ", classes, " classes"),
                   count);
  }
  ClassWeights weights;
  if (count > 0) {
    weights.weights_ =
        at::tensor(at::ArrayRef<double>(values.data(), values.size()));
  }
  return weights;
}

std::optional<at::Tensor> ClassWeights::Like(const at::Tensor& output) {
  if (weights_.has_value()) weights_ = weights_->to(output.options());
  return weights_;
}

std::optional<at::Tensor> ClassWeights::Along(const at::Tensor& output) {
  if (!weights_.has_value()) return std::nullopt;
  std::vector<int64_t> shape(std::max<int64_t>(output.dim() - 1, 1), 1);
  shape[0] = -1;
  return Like(output)->view(shape);
}

}  // namespace toque
