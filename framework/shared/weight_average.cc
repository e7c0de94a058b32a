#include "framework/shared/weight_average.h"

#include "ATen/ops/_foreach_lerp.h"
#include "c10/core/GradMode.h"
#include "framework/shared/small_tensor.h"

namespace toque {

absl::Status WeightAverage::Follow(const NamedTensors& tensors) {
  const c10::AutoGradMode no_gradients(false);
  for (const auto& [name, tensor] : tensors) {
    names_.push_back(name);
    tensors_.push_back(tensor);
    averages_.push_back(tensor.detach().clone());
    if (updates_ > 0) RETURN_IF_ERROR(TakeUp(name, averages_.back()));
  }
  loaded_ = State();
  return absl::OkStatus();
}

absl::Status WeightAverage::TakeUp(const std::string& name,
                                   const at::Tensor& average) const {
  const std::string saved_name = absl::StrCat("average.", name);
  ASSIGN_OR_RETURN(const at::Tensor saved, loaded_.Get(saved_name));
  if (saved.sizes() != average.sizes()) {
    return absl::DataLossError(absl::StrCat(
        "\"", saved_name, "\" must have the shape of what it averages"));
  }
  average.copy_(saved);
  return absl::OkStatus();
}

void WeightAverage::Update(double share) {
  const c10::AutoGradMode no_gradients(false);
  if (updates_++ == 0) share = 1;
  if (tensors_.empty()) return;
  if (!tensors_[0].is_cpu()) {
    at::_foreach_lerp_(averages_, tensors_, share);
    return;
  }
  for (size_t i = 0; i < tensors_.size(); ++i) {
    MoveTowards(averages_[i], tensors_[i], share);
  }
}

NamedTensors WeightAverage::Averages() const {
  NamedTensors averages;
  if (updates_ == 0) return averages;
  for (size_t i = 0; i < names_.size(); ++i) {
    averages.emplace_back(names_[i], averages_[i]);
  }
  return averages;
}

void WeightAverage::Save(State* state) const {
  state->SetInteger("updates", updates_);
  for (const auto& [name, average] : Averages()) {
    state->Set(absl::StrCat("average.", name), average);
  }
}

absl::Status WeightAverage::Load(const State& state) {
  updates_ = 0;
  if (!state.Has("updates")) return absl::OkStatus();
  ASSIGN_OR_RETURN(updates_, state.GetInteger("updates"));
  loaded_ = state;
  return absl::OkStatus();
}

}  // namespace toque
