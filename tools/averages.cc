#include "tools/averages.h"

#include "framework/core/model_access.h"

namespace toque {

absl::StatusOr<NamedTensors> AveragesOf(const Checkpoint& checkpoint,
                                        const std::string& hook,
                                        const Model& model) {
  const State saved =
      checkpoint.state.Part(hook == "swa" ? "hook.recipe.Swa.0.average"
                                          : "hook.recipe.Ema.0.average");
  NamedTensors averages;
  for (const auto& tensors : {Parameters(model), Buffers(model)}) {
    for (const auto& [name, own] : tensors) {
      const auto average = saved.Get(name);
      if (!average.ok()) continue;
      if (average->sizes() != own.sizes()) {
        return Invalid("the average of " + name + " must have its shape");
      }
      averages.emplace_back(name, *average);
    }
  }
  return averages;
}

}  // namespace toque
