// The trainer: runs an experiment.

#ifndef TOQUE_FRAMEWORK_TRAINER_TRAINER_H_
#define TOQUE_FRAMEWORK_TRAINER_TRAINER_H_

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "framework/core/run.h"
#include "framework/loader/loader.h"
#include "framework/trainer/checkpoint.h"
#include "framework/trainer/loss_log.h"
#include "framework/trainer/parts.h"
#include "framework/trainer/run_folder.h"
#include "framework/trainer/stepper.h"

namespace toque {

struct TrainerOptions {
  std::string name;    // of the experiment
  std::string folder;  // an existing run folder; empty: nothing is written
  // Set from outside (by a signal) to end the run after the current step.
  const std::atomic<int>* interrupt = nullptr;
};

// How a run ended.
struct Outcome {
  Metrics metrics;  // the last of each
  bool interrupted = false;
  std::string stop_reason;  // what a hook asked to stop for
};

class Trainer {
 public:
  // Makes every part and tries the model on one example, so that what doesn't
  // fit is known before anything is written or trained.
  static absl::StatusOr<std::unique_ptr<Trainer>> Create(
      const Experiment& experiment, const Context& context,
      const TrainerOptions& options);

  // Puts the run back to where the checkpoint was taken.
  absl::Status Resume(const Checkpoint& checkpoint);
  // Weights alone, for EvaluateOnce.
  absl::Status LoadWeights(const Checkpoint& checkpoint);

  // Trains to the end, evaluates as the experiment says, and tests.
  absl::StatusOr<Outcome> Train();
  // Evaluates a section ("eval" or "test") now; its metrics.
  absl::StatusOr<Metrics> EvaluateOnce(const std::string& split);

  // For tests and benchmarks: the batches of `loader` instead of the training
  // set's.
  void UseLoader(std::unique_ptr<Loader> loader) {
    loader_ = std::move(loader);
  }
  Run& run() { return run_; }
  const Parts& parts() const { return parts_; }

 private:
  Trainer(const Experiment& experiment, const TrainerOptions& options);

  // trainer.cc: set-up and the course of a run.
  absl::Status Prepare(const Context& context);
  absl::Status TryModel();
  absl::Status CheckMetrics() const;
  LoaderOptions LoaderOf(const SectionParts& section, bool training) const;
  absl::Status StartLoader();
  absl::Status TrainEpoch();
  absl::Status TrainStep();
  absl::Status EndEpoch();
  absl::Status Finish();
  bool Done() const;
  bool Interrupted() const;
  absl::Status SaveRequested();
  absl::Status Save(const std::string& name);

  // reporting.cc: the log and evaluations.
  absl::Status Log();
  absl::Status CheckFinite(const LossLog::Reading& reading);
  absl::Status Evaluate(SectionParts& section, const std::string& split);
  absl::Status EvaluateWith(SectionParts& section, const std::string& split,
                            NamedTensors weights);
  absl::Status ForwardAll(Loader& loader, LossLog* losses);
  absl::Status Report(const std::string& suffix);

  const Experiment experiment_;
  const TrainerOptions options_;
  Parts parts_;
  Run run_;
  MetricsLog metrics_log_;
  std::optional<Stepper> stepper_;
  std::unique_ptr<Loader> loader_;
  std::unique_ptr<Loader> eval_loader_;
  int64_t label_limit_ = 0;
  int64_t micro_batch_ = 0;      // of this epoch, that are done
  int64_t evaluated_step_ = -1;  // of the last evaluation of "eval"

  LossLog losses_;
  std::chrono::steady_clock::time_point interval_start_;
  std::vector<std::string> banks_ = {"train"};  // splits by Run::bank
};

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_TRAINER_TRAINER_H_
