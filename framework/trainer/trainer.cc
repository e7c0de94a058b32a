#include "framework/trainer/trainer.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <thread>
#include <utility>

#include "ATen/Parallel.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "c10/core/GradMode.h"
#include "framework/config/config.h"
#include "framework/core/model_access.h"
#include "framework/trainer/device.h"
#include "framework/trainer/param_groups.h"

namespace toque {
namespace {

// One core is left to the thread that trains.
int DefaultThreads() {
  const int cores = static_cast<int>(std::thread::hardware_concurrency());
  return std::clamp(cores - 1, 1, 8);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Trainer>> Trainer::Create(
    const Experiment& experiment, const Context& context,
    const TrainerOptions& options) {
  std::unique_ptr<Trainer> trainer(new Trainer(experiment, options));
  RETURN_IF_ERROR(trainer->Prepare(context));
  return trainer;
}

Trainer::Trainer(const Experiment& experiment, const TrainerOptions& options)
    : experiment_(experiment), options_(options) {}

absl::Status Trainer::Prepare(const Context& context) {
  RETURN_IF_ERROR(CheckExperiment(experiment_));
  ASSIGN_OR_RETURN(run_.device, PrepareDevice(experiment_));
  ASSIGN_OR_RETURN(
      parts_, BuildParts(experiment_, context.WithDevice(run_.device.str()),
                         Opening::kOpen));
  run_.model = parts_.model;
  run_.optimizer = parts_.optimizer.get();
  run_.dataset = parts_.info;
  run_.name = options_.name;
  run_.folder = options_.folder;
  const at::ScalarType dtype = ScalarTypeOf(experiment_.default_dtype());
  MoveTo(*run_.model, run_.device, dtype);
  RETURN_IF_ERROR(TryModel());

  NamedTensors parameters = Parameters(*run_.model);
  for (auto& [name, parameter] : parts_.loss->Parameters()) {
    parameter.set_data(parameter.to(run_.device, dtype));
    parameters.emplace_back("loss." + name, parameter);
  }
  ASSIGN_OR_RETURN(run_.groups, MakeGroups(experiment_, parameters));
  RETURN_IF_ERROR(AtPlace(run_.optimizer->Attach(&run_.groups), "optimizer"));
  stepper_.emplace(experiment_, parts_, &run_);
  return CheckMetrics();
}

// One example through the model, in evaluation mode: finds shapes that don't
// fit and how many classes the model tells apart.
absl::Status Trainer::TryModel() {
  LoaderOptions options = LoaderOf(parts_.train, /*training=*/true);
  options.batch_size = 1;
  options.threads = 0;
  ASSIGN_OR_RETURN(auto loader, Loader::Start(options));
  RETURN_IF_ERROR(loader->Next(&run_.batch));
  Move(run_.batch, run_.device, ScalarTypeOf(experiment_.default_dtype()));
  const ModeScope evaluation(*run_.model, /*training=*/false);
  const c10::AutoGradMode no_gradients(false);
  RETURN_IF_ERROR(PredictBatch(run_));
  const at::Tensor& output = run_.prediction.output;
  const bool labels = run_.batch.target.scalar_type() == at::kLong &&
                      run_.batch.target.dim() == 1;
  if (labels && output.dim() == 2) label_limit_ = output.size(1);
  return absl::OkStatus();
}

// Every metric that a hook needs must be published by another, or by the
// trainer itself.
absl::Status Trainer::CheckMetrics() const {
  std::set<std::string> published = {"loss"};
  for (const auto& hook : parts_.hooks) {
    for (std::string& name : hook->Publishes()) published.insert(name);
  }
  std::set<std::string> splits = {"train"};
  if (parts_.eval) splits.insert("eval");
  if (parts_.test) splits.insert("test");
  for (size_t i = 0; i < parts_.hooks.size(); ++i) {
    for (const std::string& needed : parts_.hooks[i]->Needs()) {
      const std::vector<std::string> parts = absl::StrSplit(needed, '/');
      // "eval_ema" is published where there is an evaluation.
      const std::string split = parts.back().substr(0, parts.back().find('_'));
      if (published.contains(parts[0]) && splits.contains(split)) continue;
      return Invalid(absl::StrCat(
          "hook[", i, "]: nobody publishes \"", needed, "\"; published are ",
          absl::StrJoin(published, ", "), " of ", absl::StrJoin(splits, ", ")));
    }
  }
  return absl::OkStatus();
}

LoaderOptions Trainer::LoaderOf(const SectionParts& parts,
                                bool training) const {
  LoaderOptions options;
  options.dataset = parts.dataset.get();
  options.begin = parts.begin;
  options.end = parts.end;
  options.sampler = parts.sampler.get();
  for (const auto& transform : parts.transforms) {
    options.transforms.push_back(transform.get());
  }
  options.batch_size = parts.section.batch_size();
  options.drop_last = training && parts.section.drop_last();
  options.threads = parts.section.has_loader_threads()
                        ? parts.section.loader_threads()
                        : DefaultThreads();
  options.seed = experiment_.seed();
  options.training = training;
  options.label_limit = label_limit_;
  options.pinned = run_.device.is_cuda();
  options.epoch = training ? run_.progress.epoch : 0;
  options.batch = training ? micro_batch_ : 0;
  return options;
}

absl::Status Trainer::StartLoader() {
  auto loader = Loader::Start(LoaderOf(parts_.train, /*training=*/true));
  if (!loader.ok()) return AtPlace(loader.status(), "train");
  loader_ = *std::move(loader);
  Progress& progress = run_.progress;
  const int64_t group = experiment_.accumulate_steps();
  progress.steps_per_epoch = (loader_->batches_per_epoch() + group - 1) / group;
  progress.total_steps = experiment_.has_steps()
                             ? experiment_.steps()
                             : experiment_.epochs() * progress.steps_per_epoch;
  return absl::OkStatus();
}

absl::Status Trainer::Resume(const Checkpoint& checkpoint) {
  return RestoreCheckpoint(checkpoint, experiment_, parts_, run_,
                           &micro_batch_);
}

absl::Status Trainer::LoadWeights(const Checkpoint& checkpoint) {
  return RestoreWeights(checkpoint, experiment_, parts_);
}

absl::StatusOr<Outcome> Trainer::Train() {
  if (loader_ == nullptr) RETURN_IF_ERROR(StartLoader());
  if (!run_.folder.empty()) {
    const bool at_end = run_.progress.step >= run_.progress.total_steps;
    RETURN_IF_ERROR(metrics_log_.Open(run_.folder, run_.progress.step, at_end));
  }
  SetTraining(*run_.model, true);
  interval_start_ = std::chrono::steady_clock::now();
  RETURN_IF_ERROR(CallHooks(parts_, &Hook::BeforeTraining, run_));
  // A run that was interrupted after an epoch's last step has its end to do.
  while (!Interrupted() &&
         (!Done() || micro_batch_ == loader_->batches_per_epoch())) {
    RETURN_IF_ERROR(TrainEpoch());
  }
  Outcome outcome;
  outcome.interrupted = Interrupted();
  outcome.stop_reason = run_.stop_reason;
  if (!outcome.interrupted) RETURN_IF_ERROR(Finish());
  outcome.metrics = run_.metrics;
  return outcome;
}

bool Trainer::Interrupted() const {
  return options_.interrupt != nullptr &&
         options_.interrupt->load(std::memory_order_relaxed) != 0;
}

bool Trainer::Done() const {
  return run_.progress.step >= run_.progress.total_steps ||
         !run_.stop_reason.empty() || Interrupted();
}

absl::Status Trainer::TrainEpoch() {
  while (micro_batch_ < loader_->batches_per_epoch() && !Done()) {
    RETURN_IF_ERROR(TrainStep());
  }
  if (micro_batch_ < loader_->batches_per_epoch() || Interrupted()) {
    // The run ends in mid-epoch: by its number of steps, a hook or a signal,
    // which must not wait for an evaluation.
    RETURN_IF_ERROR(Log());
    return Save("last");
  }
  return EndEpoch();
}

// Micro-batches up to an optimizer step.
absl::Status Trainer::TrainStep() {
  const int64_t batch_size = experiment_.train().batch_size();
  const int64_t group =
      std::min<int64_t>(experiment_.accumulate_steps(),
                        loader_->batches_per_epoch() - micro_batch_);
  const int64_t examples =
      std::min(group * batch_size,
               loader_->examples_per_epoch() - micro_batch_ * batch_size);
  for (int64_t i = 0; i < group; ++i, ++micro_batch_) {
    RETURN_IF_ERROR(AtPlace(loader_->Next(&run_.batch), "train"));
    const int64_t size = run_.batch.size();
    const double share =
        group == 1 ? 1
                   : static_cast<double>(size) / static_cast<double>(examples);
    const int64_t step = run_.progress.step;
    const absl::Status status = stepper_->MicroBatch(share, i == group - 1);
    if (!status.ok()) return AtPlace(status, absl::StrCat("step ", step));
    losses_.Add(run_.loss, size, step, run_.groups[0].lr);
  }
  RETURN_IF_ERROR(SaveRequested());
  if (run_.progress.step % experiment_.log_every_steps() != 0) {
    return absl::OkStatus();
  }
  return Log();
}

absl::Status Trainer::EndEpoch() {
  ++run_.progress.epoch;
  micro_batch_ = 0;
  RETURN_IF_ERROR(Log());
  const bool last = run_.progress.step >= run_.progress.total_steps;
  if (parts_.eval &&
      (last || run_.progress.epoch % experiment_.eval().every_epochs() == 0)) {
    RETURN_IF_ERROR(Evaluate(*parts_.eval, "eval"));
  }
  RETURN_IF_ERROR(CallHooks(parts_, &Hook::AfterEpoch, run_));
  RETURN_IF_ERROR(SaveRequested());
  return Save("last");
}

absl::Status Trainer::Finish() {
  // A run that ended between evaluations, or was resumed at its end, is not
  // evaluated yet. The last checkpoint stays as it is: a longer run goes on
  // from it as if there had been no end.
  if (parts_.eval && evaluated_step_ != run_.progress.step) {
    RETURN_IF_ERROR(Evaluate(*parts_.eval, "eval"));
    RETURN_IF_ERROR(SaveRequested());
  }
  if (parts_.test) RETURN_IF_ERROR(Evaluate(*parts_.test, "test"));
  return CallHooks(parts_, &Hook::AfterTraining, run_);
}

absl::Status Trainer::SaveRequested() {
  const std::vector<std::string> names = std::exchange(run_.checkpoints, {});
  for (const std::string& name : names) RETURN_IF_ERROR(Save(name));
  return absl::OkStatus();
}

absl::Status Trainer::Save(const std::string& name) {
  if (run_.folder.empty()) return absl::OkStatus();
  return WriteCheckpoint(
      absl::StrCat(run_.folder, "/checkpoints/", name, ".safetensors"),
      TakeCheckpoint(experiment_, parts_, run_, micro_batch_));
}

}  // namespace toque
