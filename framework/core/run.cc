#include "framework/core/run.h"

#include <utility>

namespace toque {

void Run::RequestCheckpoint(std::string checkpoint) {
  checkpoints.push_back(std::move(checkpoint));
}

void Run::RemoveCheckpoint(std::string checkpoint) {
  removals.push_back(std::move(checkpoint));
}

void Run::RequestStop(std::string why) {
  if (stop_reason.empty()) stop_reason = std::move(why);
}

void Run::AddToLoss(std::string_view name, const at::Tensor& value) {
  if (phase != Phase::kTrain) return;
  addition = addition.defined() ? addition.add(value) : value;
  Added& logged = added[std::string(name)];
  const at::Tensor detached = value.detach();
  logged.sum = logged.sum.defined() ? logged.sum.add(detached) : detached;
  ++logged.count;
}

void Run::SkipStepIf(const at::Tensor& bad) {
  const at::Tensor flag = bad.detach().ne(0).to(at::kFloat);
  found_inf = found_inf.defined() ? found_inf.maximum(flag) : flag;
}

void Run::Evaluate(std::string suffix, NamedTensors weights,
                   Statistics statistics) {
  evaluations.push_back({std::move(suffix), std::move(weights), statistics});
}

}  // namespace toque
