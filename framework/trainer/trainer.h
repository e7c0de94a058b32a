// The trainer: runs an experiment.

#ifndef TOQUE_FRAMEWORK_TRAINER_TRAINER_H_
#define TOQUE_FRAMEWORK_TRAINER_TRAINER_H_

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "framework/core/run.h"
#include "framework/loader/loader.h"
#include "framework/parts/parts.h"
#include "framework/trainer/checkpoint.h"
#include "framework/trainer/checkpoint_writer.h"
#include "framework/trainer/forward_pass.h"
#include "framework/trainer/loss_log.h"
#include "framework/trainer/run_folder.h"
#include "framework/trainer/stepper.h"

namespace toque {

struct TrainerOptions {
  std::string name;    // of the experiment
  std::string folder;  // an existing run folder; empty: nothing is written
  // Set from outside (by a signal) to end the run after the current step.
  const std::atomic<int>* interrupt = nullptr;
  // Whether a checkpoint is loaded before anything else: the experiment's
  // `weights` aren't read, and needn't be there.
  bool restored = false;
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

  // Puts the run back to where the checkpoint was taken, whose types must be
  // the experiment's (CheckTypes).
  absl::Status Resume(const Checkpoint& checkpoint);
  // Weights alone (CheckModelType), and the epoch whose batches their
  // statistics are computed over where an evaluation asks for that; for
  // EvaluateOnce.
  absl::Status LoadWeights(const Checkpoint& checkpoint);

  // The experiment with what was chosen by measuring: memory_format.
  const Experiment& experiment() const { return experiment_; }

  // Starts the loader and the hooks and tries an evaluation: what fails here is
  // an experiment that doesn't fit, not a run. The folder must exist.
  absl::Status Begin();
  // Trains to the end, evaluates as the experiment says, and tests; begins
  // first where that isn't done. After an error in a step, checkpoints/failed
  // holds the weights and the optimizer as they were before it; none is written
  // where a loss or the weights are not finite. The error also tells where that
  // file couldn't be written.
  absl::StatusOr<Outcome> Train();
  // Evaluates a section ("eval" or "test") now; its metrics. With a suffix,
  // the weights of `with` in place of the model's, which must have their names
  // and shapes, as split "<split>_<suffix>".
  absl::StatusOr<Metrics> EvaluateOnce(const std::string& split,
                                       Run::Evaluation with = {});
  // Whether nothing is left to train; after Resume or Begin.
  bool Done() const;

  // For tools: one more hook, before Train; `place` stands in its errors. Its
  // state is in no checkpoint.
  void AddHook(std::unique_ptr<Hook> hook, std::string place) {
    parts_.hooks.push_back(std::move(hook));
    parts_.hook_places.push_back(std::move(place));
  }
  // For tests and benchmarks: the batches of `loader` instead of the training
  // set's.
  void UseLoader(std::unique_ptr<Loader> loader);
  Run& run() { return run_; }
  const Parts& parts() const { return parts_; }

 private:
  Trainer(const Experiment& experiment, const TrainerOptions& options);

  // prepare.cc: from the experiment to a run that can begin.
  absl::Status Prepare(const Context& context);
  absl::Status TryModel();
  absl::Status ChooseMemoryFormat();
  absl::Status MakeOptimizer();
  absl::Status CheckHead() const;
  LoaderOptions LoaderOf(const SectionParts& section, bool training);
  absl::Status StartLoader();

  // trainer.cc: the course of a run.
  absl::StatusOr<Outcome> TrainToEnd();
  absl::Status TrainEpoch();
  absl::Status TrainStep();
  absl::Status MicroBatches(int64_t group);
  absl::Status EndEpoch();
  absl::Status Finish();
  bool Interrupted() const;
  void EnterTraining();
  absl::Status SaveRequested();
  absl::Status Save(const std::string& name);
  absl::Status EndFailed(absl::Status fault, bool stepped);
  absl::Status SaveFailed();
  std::string CheckpointPath(const std::string& name) const;

  // reporting.cc: the log of training.
  absl::Status Log();
  absl::Status CheckFinite(const LossLog::Reading& reading);
  absl::Status Report(const std::string& suffix);
  void ReportBroken(const std::string& split, int64_t broken);

  // evaluation.cc: of the weights at hand, and of others.
  absl::Status TryEvaluation();
  absl::Status Evaluate(SectionParts& section, const std::string& split);
  absl::Status EvaluateWith(SectionParts& section, const std::string& split,
                            Run::Evaluation with);
  void BeginEvaluation(const std::string& split);
  void EndEvaluation();
  absl::Status RecomputeStatistics();
  absl::Status ForwardSection(SectionParts& section, LossLog* losses,
                              int64_t* broken);
  absl::Status ForwardAll(Loader& loader, int64_t batches,
                          Section::Average average, LossLog* losses);

  Experiment experiment_;
  const TrainerOptions options_;
  Parts parts_;
  Run run_;
  MetricsLog metrics_log_;
  CheckpointWriter writer_;
  std::optional<ForwardPass> forward_;
  std::optional<Stepper> stepper_;
  std::unique_ptr<Loader> loader_;
  std::unique_ptr<Loader> eval_loader_;
  bool begun_ = false;
  bool diverged_ = false;  // ended by a loss that is not finite
  int64_t label_limit_ = 0;
  // By data set, which sections may share.
  std::map<const Dataset*, std::shared_ptr<BrokenLog>> broken_logs_;
  int64_t broken_ = 0;           // examples of loader_ that were reported
  int64_t micro_batch_ = 0;      // of this epoch, that are done
  int64_t batches_ = 0;          // of an epoch
  int64_t active_groups_ = -1;   // when the training mode was last set
  int64_t evaluated_step_ = -1;  // of the last evaluation of "eval"

  LossLog losses_;
  std::chrono::steady_clock::time_point interval_start_;
  std::vector<std::string> banks_ = {"train"};  // splits by Run::bank
};

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_TRAINER_TRAINER_H_
