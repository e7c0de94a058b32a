#include "ATen/core/Tensor.h"
#include "framework/weights/safetensors.h"
#include "tools/tensor_files.h"

namespace toque {
namespace {

bool IsCheckpoint(const Safetensors& file) {
  const auto format = file.metadata.find("format");
  return format != file.metadata.end() && format->second.starts_with("toque/");
}

// What AverageTensors averages.
NamedTensors WeightsOf(const Safetensors& file) {
  NamedTensors weights;
  const bool all = !IsCheckpoint(file);
  for (const auto& [name, tensor] : file.state.tensors()) {
    const bool ours = name.starts_with("model.") || name.starts_with("loss.");
    if (tensor.is_floating_point() && (all || ours)) {
      weights.emplace_back(name, tensor);
    }
  }
  return weights;
}

absl::Status MustHaveShape(const std::string& name, const at::Tensor& expected,
                           const at::Tensor& tensor) {
  if (tensor.sizes() == expected.sizes()) return absl::OkStatus();
  return absl::InvalidArgumentError(c10::str("\"", name, "\" must have shape ",
                                             expected.sizes(), ", got ",
                                             tensor.sizes()));
}

// Adds the weights of `file` to `sums` (float64), which have their names.
absl::Status AddTo(const Safetensors& file, NamedTensors* sums) {
  const size_t count = WeightsOf(file).size();
  if (count != sums->size()) {
    return Invalid(absl::StrCat("must have the ", sums->size(),
                                " weights of the first file"),
                   count);
  }
  for (auto& [name, sum] : *sums) {
    ASSIGN_OR_RETURN(const at::Tensor tensor, file.state.Get(name));
    RETURN_IF_ERROR(MustHaveShape(name, sum, tensor));
    sum.add_(tensor.to(at::kDouble));
  }
  return absl::OkStatus();
}

// Statistics of the raw weights are none of averages that have theirs computed
// anew before each evaluation.
absl::Status CheckStatistics(const State& weights, const State& hook) {
  for (const auto& [name, raw] : weights.tensors()) {
    if (!name.ends_with("running_mean") || hook.Has(name)) continue;
    return Invalid(absl::StrCat("statistics must be recomputed: the model has ",
                                name,
                                ", and only the raw weights' is at hand"));
  }
  return absl::OkStatus();
}

// `weights` with the averages of a hook in their place, by name.
absl::StatusOr<State> Averaged(const State& weights, const State& hook) {
  State averaged;
  bool any = false;
  for (const auto& [name, raw] : weights.tensors()) {
    const auto average = hook.Get(name);
    if (average.ok()) RETURN_IF_ERROR(MustHaveShape(name, raw, *average));
    averaged.Set(name, average.ok() ? average->to(raw.scalar_type()) : raw);
    any |= average.ok();
  }
  if (any) return averaged;
  return absl::NotFoundError("holds no averages of that kind");
}

}  // namespace

absl::Status AverageTensors(const std::vector<std::string>& paths,
                            const std::string& out) {
  Safetensors last;
  NamedTensors sums;
  for (size_t i = 0; i < paths.size(); ++i) {
    ASSIGN_OR_RETURN(last, ReadSafetensors(paths[i]));
    if (i == 0) {
      sums = WeightsOf(last);
      for (auto& [name, sum] : sums)
        sum = sum.new_zeros(sum.sizes(), at::kDouble);
    }
    RETURN_IF_ERROR(AtPlace(AddTo(last, &sums), paths[i]));
  }
  for (const auto& [name, sum] : sums) {
    ASSIGN_OR_RETURN(const at::Tensor own, last.state.Get(name));
    const at::Tensor mean = sum.div(static_cast<double>(paths.size()));
    last.state.Set(name, mean.to(own.scalar_type()));
  }
  return WriteSafetensors(out, last.state, last.metadata);
}

absl::Status ConvertCheckpoint(const std::string& path,
                               std::string_view averages,
                               const std::string& out) {
  if (!out.ends_with(".safetensors")) {
    return Invalid("the name of the output must end in .safetensors", out);
  }
  ASSIGN_OR_RETURN(const Safetensors file, ReadSafetensors(path));
  if (!IsCheckpoint(file)) {
    return absl::DataLossError(path + ": is not a checkpoint of Toque");
  }
  State weights = file.state.Part("model");
  if (!averages.empty()) {
    const std::string hook =
        absl::StrCat("hook.", View(averages), ".0.average");
    const State saved = file.state.Part(hook);
    const std::string place = absl::StrCat(path, ": ", hook);
    const auto averaged = Averaged(weights, saved);
    if (!averaged.ok()) return AtPlace(averaged.status(), place);
    // recipe.Ema averages them, or is evaluated with the raw weights'.
    if (averages == "recipe.Swa") {
      RETURN_IF_ERROR(AtPlace(CheckStatistics(weights, saved), place));
    }
    weights = *averaged;
  }
  // As Python's writers mark tensors of PyTorch.
  Metadata metadata = {{"format", "pt"}};
  for (const char* key : {"model", "classes"}) {
    const auto found = file.metadata.find(key);
    if (found != file.metadata.end()) metadata.insert(*found);
  }
  return WriteSafetensors(out, weights, metadata);
}

}  // namespace toque
