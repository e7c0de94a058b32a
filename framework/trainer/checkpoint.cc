#include "framework/trainer/checkpoint.h"

#include <algorithm>
#include <utility>

#include "ATen/core/Tensor.h"
#include "absl/strings/str_format.h"
#include "c10/core/GradMode.h"
#include "framework/core/model_access.h"
#include "framework/parts/device.h"
#include "framework/weights/safetensors.h"
#include "glog/logging.h"
#include "nlohmann/json.hpp"
#include "xxhash.h"

namespace toque {
namespace {

// The tensors of model and loss under their names in a checkpoint.
NamedTensors WeightsOf(const Parts& parts) {
  NamedTensors weights;
  for (const auto& tensors :
       {Parameters(*parts.model), Buffers(*parts.model)}) {
    for (const auto& [name, tensor] : tensors) {
      weights.emplace_back("model." + name, tensor);
    }
  }
  for (const auto& [name, tensor] : parts.loss->Parameters()) {
    weights.emplace_back("loss." + name, tensor);
  }
  return weights;
}

// "hook.recipe.Checkpoint.0": counted among those of its type, so that a hook
// that is added or taken out leaves the others theirs.
std::string HookName(const Experiment& experiment, int position) {
  const std::string_view name = PluginName(experiment.hook(position));
  int before = 0;
  for (int i = 0; i < position; ++i) {
    before += PluginName(experiment.hook(i)) == name;
  }
  return absl::StrCat("hook.", View(name), ".", before);
}

absl::Status CheckType(const Checkpoint& checkpoint, const char* field,
                       const google::protobuf::Any& any) {
  const auto saved = checkpoint.metadata.find(field);
  if (saved == checkpoint.metadata.end()) {
    return absl::DataLossError("is not a checkpoint of Toque");
  }
  if (saved->second == PluginName(any)) return absl::OkStatus();
  return Invalid(absl::StrCat("was made with ", field, " ", saved->second,
                              ", and the experiment has ",
                              View(PluginName(any))));
}

absl::Status CheckWeights(const State& state, const NamedTensors& weights) {
  constexpr size_t kShown = 5;  // the rest says nothing more
  std::vector<absl::Status> faults;
  for (const auto& [name, tensor] : weights) {
    const auto saved = state.Get(name);
    if (!saved.ok()) {
      faults.push_back(saved.status());
    } else if (saved->sizes() != tensor.sizes()) {
      std::ostringstream shapes;
      shapes << "\"" << name << "\" must have the model's shape "
             << tensor.sizes() << ", got " << saved->sizes();
      faults.push_back(absl::InvalidArgumentError(shapes.str()));
    }
  }
  if (faults.size() > kShown) {
    const size_t more = faults.size() - kShown;
    faults.resize(kShown);
    faults.push_back(absl::InvalidArgumentError(
        absl::StrCat("and ", more, " more of ", weights.size(), " tensors")));
  }
  return Together(faults);
}

// In mid-epoch a place is a number of batches, which must mean the same.
absl::Status CheckPlace(const State& state, const Experiment& experiment,
                        const Parts& parts) {
  ASSIGN_OR_RETURN(const int64_t size, state.GetInteger("progress.batch_size"));
  ASSIGN_OR_RETURN(const int64_t examples,
                   state.GetInteger("progress.examples"));
  if (size != experiment.train().batch_size()) {
    return Invalid(absl::StrCat("train.batch_size must be ", size,
                                " to go on in mid-epoch"),
                   experiment.train().batch_size());
  }
  const int64_t now = parts.train.end - parts.train.begin;
  if (examples == now) return absl::OkStatus();
  return Invalid(absl::StrCat("train must have ", examples,
                              " examples to go on in mid-epoch"),
                 now);
}

// A data set without the names of its files and what else is text.
void DropPaths(google::protobuf::Any* any) {
  const auto options = UnpackOptions(*any);
  if (!options.ok()) return;
  const auto* reflection = (*options)->GetReflection();
  const auto* type = (*options)->GetDescriptor();
  for (int i = 0; i < type->field_count(); ++i) {
    const auto* field = type->field(i);
    if (field->cpp_type() == field->CPPTYPE_STRING) {
      reflection->ClearField(options->get(), field);
    }
  }
  any->set_value((*options)->SerializePartialAsString());
}

}  // namespace

Checkpoint TakeCheckpoint(const Experiment& experiment, const Parts& parts,
                          const Run& run, int64_t batch) {
  Checkpoint checkpoint;
  State& state = checkpoint.state;
  for (auto& [name, tensor] : WeightsOf(parts)) state.Set(name, tensor);
  State optimizer;
  parts.optimizer->Save(&optimizer);
  state.Merge("optimizer", optimizer);
  for (int i = 0; i < experiment.hook_size(); ++i) {
    State hook;
    parts.hooks[i]->Save(&hook);
    state.Merge(HookName(experiment, i), hook);
  }
  state.Merge("generator", GeneratorState(run.device));
  state.SetInteger("progress.step", run.progress.step);
  state.SetInteger("progress.epoch", run.progress.epoch);
  state.SetInteger("progress.batch", batch);
  state.SetInteger("progress.steps_per_epoch", run.progress.steps_per_epoch);
  state.SetInteger("progress.batch_size", experiment.train().batch_size());
  state.SetInteger("progress.examples", parts.train.end - parts.train.begin);
  checkpoint.metadata = {
      {"format", "toque/1"},
      {"model", std::string(PluginName(experiment.model()))},
      {"loss", std::string(PluginName(experiment.loss()))},
      {"optimizer", std::string(PluginName(experiment.optimizer()))},
      {"classes", nlohmann::json(run.dataset.class_names).dump()},
      {"experiment", Fingerprint(experiment)}};
  return checkpoint;
}

absl::Status CheckModelType(const Checkpoint& checkpoint,
                            const Experiment& experiment) {
  return CheckType(checkpoint, "model", experiment.model());
}

absl::Status CheckTypes(const Checkpoint& checkpoint,
                        const Experiment& experiment) {
  RETURN_IF_ERROR(CheckModelType(checkpoint, experiment));
  return CheckType(checkpoint, "optimizer", experiment.optimizer());
}

absl::Status RestoreWeights(const Checkpoint& checkpoint, Parts& parts) {
  const NamedTensors weights = WeightsOf(parts);
  RETURN_IF_ERROR(CheckWeights(checkpoint.state, weights));
  const c10::AutoGradMode no_gradients(false);
  for (const auto& [name, tensor] : weights) {
    ASSIGN_OR_RETURN(const at::Tensor saved, checkpoint.state.Get(name));
    tensor.copy_(saved);
  }
  return absl::OkStatus();
}

absl::Status RestoreCheckpoint(const Checkpoint& checkpoint,
                               const Experiment& experiment, Parts& parts,
                               Run& run, int64_t* batch) {
  const State& state = checkpoint.state;
  ASSIGN_OR_RETURN(const int64_t step, state.GetInteger("progress.step"));
  ASSIGN_OR_RETURN(const int64_t epoch, state.GetInteger("progress.epoch"));
  ASSIGN_OR_RETURN(*batch, state.GetInteger("progress.batch"));
  if (std::min({step, epoch, *batch}) < 0) {
    return absl::DataLossError("progress must not be negative");
  }
  if (*batch > 0) RETURN_IF_ERROR(CheckPlace(state, experiment, parts));
  RETURN_IF_ERROR(RestoreWeights(checkpoint, parts));
  const auto taken_of = checkpoint.metadata.find("experiment");
  LOG_IF(WARNING, taken_of != checkpoint.metadata.end() &&
                      taken_of->second != Fingerprint(experiment))
      << "the checkpoint is of an experiment with other options";
  run.progress.step = step;
  run.progress.epoch = epoch;
  RETURN_IF_ERROR(
      AtPlace(parts.optimizer->Load(state.Part("optimizer")), "optimizer"));
  for (int i = 0; i < experiment.hook_size(); ++i) {
    const std::string name = HookName(experiment, i);
    RETURN_IF_ERROR(AtPlace(parts.hooks[i]->Load(state.Part(name)), name));
  }
  return SetGeneratorState(state.Part("generator"), run.device);
}

absl::Status WriteCheckpoint(const std::string& path,
                             const Checkpoint& checkpoint) {
  return WriteSafetensors(path, checkpoint.state, checkpoint.metadata);
}

absl::StatusOr<Checkpoint> ReadCheckpoint(const std::string& path) {
  ASSIGN_OR_RETURN(Safetensors file, ReadSafetensors(path));
  return Checkpoint{std::move(file.state), std::move(file.metadata)};
}

std::string Fingerprint(const Experiment& experiment) {
  Experiment kept = experiment;
  kept.clear_log_every_steps();
  kept.clear_sanity_batches();
  kept.clear_gpus();
  if (kept.has_weights()) kept.mutable_weights()->clear_file();
  for (Section* section :
       {kept.mutable_train(), kept.mutable_eval(), kept.mutable_test()}) {
    section->clear_loader_threads();
    section->clear_pin_memory();
    DropPaths(section->mutable_dataset());
  }
  const std::string bytes = kept.SerializePartialAsString();
  return absl::StrFormat("%016x", XXH3_64bits(bytes.data(), bytes.size()));
}

}  // namespace toque
