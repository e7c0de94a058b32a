#include "tools/run_weights.h"

#include <algorithm>
#include <iostream>
#include <utility>

#include "c10/core/GradMode.h"
#include "framework/config/config.h"
#include "framework/core/model_access.h"
#include "framework/parts/param_groups.h"
#include "framework/parts/section_loader.h"
#include "framework/weights/weights_map.h"
#include "tools/averages.h"

namespace toque {
namespace {

NamedTensors Own(const Model& model) {
  NamedTensors own = Parameters(model);
  for (auto& buffer : Buffers(model)) own.push_back(std::move(buffer));
  return own;
}

bool HasStatistics(const Model& model) {
  return std::ranges::any_of(Buffers(model), [](const auto& buffer) {
    return buffer.second.is_floating_point();
  });
}

// Training mode as the run has it: what is frozen keeps its statistics.
absl::Status EnterTraining(const Experiment& experiment, Loss& loss,
                           Model& model) {
  NamedTensors parameters = Parameters(model);
  for (auto& [name, parameter] : loss.Parameters()) {
    parameters.emplace_back("loss." + name, parameter);
  }
  RETURN_IF_ERROR(MakeGroups(experiment, parameters).status());
  SetTraining(model, true);
  if (experiment.frozen_statistics() == Experiment::KEPT) {
    FreezeStatistics(model);
  }
  return absl::OkStatus();
}

absl::Status ComputeStatistics(const Checkpoint& checkpoint,
                               const Context& context,
                               const TrainedModel& trained) {
  const Experiment& experiment = trained.experiment;
  RETURN_IF_ERROR(CheckExperiment(experiment));
  ASSIGN_OR_RETURN(const Parts parts,
                   BuildParts(experiment, context, Opening::kOpen));
  LoaderOptions options =
      LoaderOptionsOf(experiment, parts.train, /*training=*/true);
  options.pixels.type = PixelForm::kFloat32;
  options.epoch = checkpoint.state.GetInteger("progress.epoch").value_or(0);
  ASSIGN_OR_RETURN(const auto loader, Loader::Start(options));
  RETURN_IF_ERROR(EnterTraining(experiment, *parts.loss, *trained.model));
  return RecomputeStatistics(*trained.model, [&]() -> absl::Status {
    Batch batch;
    for (int64_t i = 0; i < loader->batches_per_epoch(); ++i) {
      RETURN_IF_ERROR(loader->Next(&batch));
      ResetState(*trained.model);
      Predict(*trained.model, trained.Input(batch));
    }
    return absl::OkStatus();
  });
}

// Whether there were any.
absl::StatusOr<bool> LoadAverages(const Checkpoint& checkpoint,
                                  const std::string& hook,
                                  const Context& context,
                                  TrainedModel* trained) {
  ASSIGN_OR_RETURN(const NamedTensors averages,
                   AveragesOf(checkpoint, hook, *trained->model));
  if (averages.empty()) return false;
  const c10::AutoGradMode no_gradients(false);
  State by_name;
  for (const auto& [name, average] : averages) by_name.Set(name, average);
  for (const auto& [name, own] : Own(*trained->model)) {
    if (by_name.Has(name)) own.copy_(*by_name.Get(name));
  }
  if (hook == "swa" && HasStatistics(*trained->model)) {
    RETURN_IF_ERROR(ComputeStatistics(checkpoint, context, *trained));
  }
  return true;
}

}  // namespace

absl::Status LoadRunWeights(const Checkpoint& checkpoint,
                            const std::string& averages, const Context& context,
                            TrainedModel* trained) {
  const bool any = averages == "any";
  const State saved = checkpoint.state.Part("model");
  const NamedTensors tensors(saved.tensors().begin(), saved.tensors().end());
  RETURN_IF_ERROR(
      CopyWeights(tensors, Weights(), Own(*trained->model)).status());
  for (const std::string hook : {"ema", "swa"}) {
    if (!any && averages != hook) continue;
    ASSIGN_OR_RETURN(const bool found,
                     LoadAverages(checkpoint, hook, context, trained));
    if (found && any) {
      std::cerr << "the weights are the averages of "
                << (hook == "ema" ? "recipe.Ema" : "recipe.Swa") << "\n";
    }
    if (found) return absl::OkStatus();
    if (!any) return absl::NotFoundError("holds no averages of " + hook);
  }
  return absl::OkStatus();
}

}  // namespace toque
