#include "tools/inspection.h"

#include "ATen/ops/isfinite.h"
#include "framework/core/model_access.h"
#include "framework/shared/name_patterns.h"

namespace toque {

TensorStatistics StatisticsOf(const at::Tensor& tensor) {
  const at::Tensor all = tensor.detach().to(at::kCPU, at::kDouble).flatten();
  const at::Tensor values = all.masked_select(at::isfinite(all));
  TensorStatistics statistics;
  statistics.not_finite = all.numel() - values.numel();
  if (values.numel() == 0) return statistics;
  const at::Tensor mean = values.mean();
  statistics.mean = mean.item<double>();
  statistics.std = std::sqrt(values.sub(mean).square().mean().item<double>());
  statistics.least = values.min().item<double>();
  statistics.most = values.max().item<double>();
  return statistics;
}

absl::StatusOr<std::vector<InspectedTensor>> Inspect(
    const Model& model, const std::string& pattern) {
  ASSIGN_OR_RETURN(const NamePatterns match,
                   NamePatterns::Make("--match", {pattern}));
  std::vector<InspectedTensor> found;
  for (const NamedTensors& tensors : {Parameters(model), Buffers(model)}) {
    for (const auto& [name, tensor] : tensors) {
      if (!tensor.is_floating_point()) continue;
      if (!match.Match(name)) continue;
      InspectedTensor& one = found.emplace_back();
      one.name = name;
      one.shape = tensor.sizes().vec();
      one.value = StatisticsOf(tensor);
      const at::Tensor& gradient = tensor.grad();
      if (gradient.defined()) one.gradient = StatisticsOf(gradient);
    }
  }
  if (!found.empty()) return found;
  return Invalid("--match must match a parameter or buffer of floating type",
                 pattern);
}

}  // namespace toque
