#include "framework/trainer/trainer.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "ATen/core/Tensor.h"
#include "framework/core/model_access.h"
#include "framework/guarded.h"
#include "glog/logging.h"

namespace toque {

absl::Status Trainer::Resume(const Checkpoint& checkpoint) {
  RETURN_IF_ERROR(
      RestoreCheckpoint(checkpoint, experiment_, parts_, run_, &micro_batch_));
  RETURN_IF_ERROR(stepper_->Load(checkpoint.state.Part("scaler")));
  ASSIGN_OR_RETURN(const int64_t steps,
                   checkpoint.state.GetInteger("progress.steps_per_epoch"));
  RETURN_IF_ERROR(StartLoader());
  // Steps and epochs done would no longer mean the same.
  if (steps == run_.progress.steps_per_epoch) return absl::OkStatus();
  return Invalid(
      absl::StrCat("an epoch must have the checkpoint's ", steps,
                   " steps: train.batch_size, accumulate_steps and the number "
                   "of examples must stay"),
      run_.progress.steps_per_epoch);
}

absl::Status Trainer::LoadWeights(const Checkpoint& checkpoint) {
  RETURN_IF_ERROR(RestoreWeights(checkpoint, parts_));
  const auto epoch = checkpoint.state.GetInteger("progress.epoch");
  if (epoch.ok()) run_.progress.epoch = *epoch;
  return absl::OkStatus();
}

absl::StatusOr<Outcome> Trainer::Train() {
  if (!begun_) RETURN_IF_ERROR(Begin());
  const int64_t first_step = run_.progress.step;
  absl::StatusOr<Outcome> outcome = Guarded([this] { return TrainToEnd(); });
  if (!outcome.ok()) {
    return EndFailed(outcome.status(), run_.progress.step > first_step);
  }
  RETURN_IF_ERROR(writer_.Flush());
  return outcome;
}

// Keeps what can be kept of a run after `fault`; `stepped` where that is more
// than it began with. Returns the fault, and what else went wrong.
absl::Status Trainer::EndFailed(absl::Status fault, bool stepped) {
  if (run_.folder.empty()) return fault;
  absl::Status saved;
  if (stepped && !diverged_) saved = Guarded([this] { return SaveFailed(); });
  const absl::Status written = writer_.Flush();
  if (diverged_ && std::filesystem::exists(CheckpointPath("last"))) {
    fault = absl::Status(
        fault.code(),
        absl::StrCat(fault.message(), "; resume from last, ",
                     CheckpointPath("last"), ", which stands before it"));
  }
  return Together({fault, saved, written});
}

absl::Status Trainer::SaveFailed() {
  for (const auto& [name, parameter] : Parameters(*run_.model)) {
    // Nothing could go on from there.
    if (!parameter.isfinite().all().item<bool>()) return absl::OkStatus();
  }
  RETURN_IF_ERROR(Save("failed"));
  RETURN_IF_ERROR(writer_.Flush());
  LOG(WARNING) << CheckpointPath("failed") << ": what stood after step "
               << run_.progress.step;
  return absl::OkStatus();
}

absl::Status Trainer::Begin() {
  begun_ = true;
  if (loader_ == nullptr) RETURN_IF_ERROR(StartLoader());
  EnterTraining();
  RETURN_IF_ERROR(CallHooks(parts_, &Hook::BeforeTraining, run_));
  if (run_.progress.step == 0) RETURN_IF_ERROR(TryEvaluation());
  if (run_.folder.empty()) return absl::OkStatus();
  return metrics_log_.Open(run_.folder, run_.progress.step, /*at_end=*/Done());
}

absl::StatusOr<Outcome> Trainer::TrainToEnd() {
  interval_start_ = std::chrono::steady_clock::now();
  // A run that was interrupted after an epoch's last step has its end to do.
  while (!Interrupted() && (!Done() || micro_batch_ == batches_)) {
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
  const Progress& progress = run_.progress;
  return progress.step >= progress.total_steps ||
         (experiment_.fast_dev_run() > 0 && progress.epoch > 0) ||
         !run_.stop_reason.empty() || Interrupted();
}

// Training mode, but for modules that are frozen.
void Trainer::EnterTraining() {
  SetTraining(*run_.model, true);
  if (experiment_.frozen_statistics() == Experiment::KEPT) {
    FreezeStatistics(*run_.model);
  }
}

absl::Status Trainer::TrainEpoch() {
  while (micro_batch_ < batches_ && !Done()) {
    RETURN_IF_ERROR(TrainStep());
  }
  if (micro_batch_ < batches_ || Interrupted()) {
    // The run ends in mid-epoch: by its number of steps, a hook or a signal,
    // which must not wait for an evaluation.
    RETURN_IF_ERROR(Log());
    return Save("last");
  }
  return EndEpoch();
}

absl::Status Trainer::TrainStep() {
  const auto active =
      std::count_if(run_.groups.begin(), run_.groups.end(),
                    [](const Group& group) { return group.active; });
  if (std::exchange(active_groups_, active) != active) EnterTraining();
  const int64_t step = run_.progress.step;
  const int64_t begin = micro_batch_;
  const int64_t group =
      std::min<int64_t>(experiment_.accumulate_steps(), batches_ - begin);
  const absl::Status status = MicroBatches(group);
  // After an error, too, step and batch tell of the same place.
  micro_batch_ = run_.progress.step > step ? begin + group : begin;
  RETURN_IF_ERROR(status);
  RETURN_IF_ERROR(SaveRequested());
  if (run_.progress.step % experiment_.log_every_steps() != 0) {
    return absl::OkStatus();
  }
  return Log();
}

// The micro-batches of an optimizer step.
absl::Status Trainer::MicroBatches(int64_t group) {
  const int64_t batch_size = experiment_.train().batch_size();
  const int64_t examples =
      std::min(group * batch_size,
               loader_->examples_per_epoch() - micro_batch_ * batch_size);
  const int64_t step = run_.progress.step;
  for (int64_t i = 0; i < group; ++i) {
    RETURN_IF_ERROR(AtPlace(loader_->Next(&run_.batch), "train"));
    const int64_t size = run_.batch.size();
    const double share =
        group == 1 ? 1
                   : static_cast<double>(size) / static_cast<double>(examples);
    const absl::Status status = stepper_->MicroBatch(share, i == group - 1);
    if (!status.ok()) return AtPlace(status, absl::StrCat("step ", step));
    losses_.Add(run_.loss, size, step, run_.groups[0].lr);
  }
  return absl::OkStatus();
}

absl::Status Trainer::EndEpoch() {
  ++run_.progress.epoch;
  micro_batch_ = 0;
  RETURN_IF_ERROR(Log());
  if (parts_.eval &&
      run_.progress.epoch % experiment_.eval().every_epochs() == 0) {
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
  const std::vector<std::string> removals = std::exchange(run_.removals, {});
  if (run_.folder.empty()) return absl::OkStatus();
  for (const std::string& name : removals) {
    RETURN_IF_ERROR(writer_.Remove(CheckpointPath(name)));
  }
  return absl::OkStatus();
}

absl::Status Trainer::Save(const std::string& name) {
  if (run_.folder.empty()) return absl::OkStatus();
  Checkpoint checkpoint =
      TakeCheckpoint(experiment_, parts_, run_, micro_batch_);
  checkpoint.state.Merge("scaler", stepper_->Save());
  return writer_.Write(CheckpointPath(name), checkpoint);
}

std::string Trainer::CheckpointPath(const std::string& name) const {
  return absl::StrCat(run_.folder, "/checkpoints/", name, ".safetensors");
}

}  // namespace toque
