#include "framework/weights/model_weights.h"

#include <sstream>
#include <unordered_set>
#include <utility>
#include <vector>

#include "c10/core/GradMode.h"
#include "framework/core/model_access.h"
#include "framework/weights/safetensors.h"

namespace toque {
namespace {

constexpr size_t kFaults = 5;  // more say nothing more

NamedTensors TensorsOf(const Model& model) {
  NamedTensors tensors = Parameters(model);
  for (auto& buffer : Buffers(model)) tensors.push_back(std::move(buffer));
  return tensors;
}

// Whatever is saved as "model.<name>" in a checkpoint, or else all of a file.
State WeightsIn(const State& file, const NamedTensors& own) {
  const bool plain = !own.empty() && file.Has(own.front().first);
  return plain ? file : file.Part("model");
}

absl::Status Fits(const std::string& name, const at::Tensor& saved,
                  const at::Tensor& own) {
  if (saved.sizes() == own.sizes()) return absl::OkStatus();
  std::ostringstream shapes;
  shapes << "\"" << name << "\" must have the model's shape " << own.sizes()
         << ", got " << saved.sizes();
  return Invalid(shapes.str());
}

absl::Status Check(const State& weights, const NamedTensors& own) {
  std::vector<absl::Status> faults;
  std::unordered_set<std::string> known;
  for (const auto& [name, tensor] : own) {
    known.insert(name);
    const auto saved = weights.Get(name);
    const absl::Status status =
        saved.ok() ? Fits(name, *saved, tensor) : saved.status();
    if (!status.ok()) faults.push_back(status);
  }
  for (const auto& [name, tensor] : weights.tensors()) {
    if (known.contains(name)) continue;
    faults.push_back(
        Invalid(absl::StrCat("\"", name, "\" is not a tensor of the model")));
  }
  if (faults.size() > kFaults) faults.resize(kFaults);
  return Together(faults);
}

}  // namespace

absl::Status LoadWeights(const std::string& path, const Model& model) {
  ASSIGN_OR_RETURN(const Safetensors file, ReadSafetensors(path));
  const NamedTensors own = TensorsOf(model);
  const State weights = WeightsIn(file.state, own);
  RETURN_IF_ERROR(AtPlace(Check(weights, own), path));
  const c10::NoGradGuard no_gradients;
  for (const auto& [name, tensor] : own) tensor.copy_(*weights.Get(name));
  return absl::OkStatus();
}

}  // namespace toque
