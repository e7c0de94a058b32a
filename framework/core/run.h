// A run as its hooks see it.

#ifndef TOQUE_FRAMEWORK_CORE_RUN_H_
#define TOQUE_FRAMEWORK_CORE_RUN_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "framework/core/batch.h"
#include "framework/core/context.h"
#include "framework/core/optimizer.h"
#include "framework/core/progress.h"

namespace toque {

class Model;

// The latest value of every metric, by name: "loss/train", "accuracy/eval".
using Metrics = std::map<std::string, double, std::less<>>;

enum class Phase { kTrain, kEvaluate };

// The running statistics of batch norms that an evaluation uses: those at hand,
// or averages over training batches, for weights that never trained as they
// are.
enum class Statistics { kGiven, kRecomputed };

// Everything is public to the trainer and to tests; hooks read what they like,
// change batch, prediction, loss and gradients only where their point of the
// run says so, and ask for the rest.
class Run {
 public:
  Run() = default;
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  // ---- The parts; they outlive the run.
  std::shared_ptr<Model> model;
  Optimizer* optimizer = nullptr;
  std::vector<Group> groups;
  DatasetInfo dataset;  // the training set's
  at::Device device = at::kCPU;
  std::string name;    // of the experiment
  std::string folder;  // the run's own; empty when nothing is written

  // ---- Where the run stands.
  Progress progress;
  int64_t examples = 0;  // of training, since the program began
  Phase phase = Phase::kTrain;
  // What the current batch belongs to: "train", "eval", "test", or a name that
  // Evaluate was given. Metrics are published as "<metric>/<split>".
  std::string split = "train";
  // A small number for `split`; 0 is training.
  size_t bank = 0;

  // ---- The current batch.
  Batch batch;
  Prediction prediction;
  at::Tensor loss;  // scalar, the task's alone
  // A float scalar on the device: not 0 when the step is to be left out;
  // undefined when nothing was found.
  at::Tensor found_inf;

  Metrics metrics;

  // ---- What a hook can ask for; carried out after all hooks of that point.
  // Writes checkpoints/<name>.safetensors.
  void RequestCheckpoint(std::string checkpoint);
  // Removes checkpoints/<name>.safetensors, after all that were asked for
  // before it are written; one that isn't there is no fault.
  void RemoveCheckpoint(std::string checkpoint);
  // Ends the run after this step or evaluation, as if it had been that long.
  void RequestStop(std::string why);
  // Adds a scalar to what is differentiated, not to the reported loss; its mean
  // is logged as "<name>/train". In AfterForward or BeforeBackward; does
  // nothing in an evaluation.
  void AddToLoss(std::string_view name, const at::Tensor& value);
  // Leaves the step out, without a look at the device, where `bad` (a scalar)
  // is not 0. The step counts all the same. In BeforeStep.
  void SkipStepIf(const at::Tensor& bad);
  // Evaluates once more with these values in place of the model's parameters
  // and buffers of the same names, as split "<split>_<suffix>". In
  // AfterEvaluation of split "eval" or "test".
  void Evaluate(std::string suffix, NamedTensors weights,
                Statistics statistics = Statistics::kGiven);

  // ---- What was asked for since the trainer last looked.
  struct Evaluation {
    std::string suffix;
    NamedTensors weights;
    Statistics statistics = Statistics::kGiven;
  };
  std::vector<std::string> checkpoints;
  std::vector<std::string> removals;
  std::vector<Evaluation> evaluations;
  std::string stop_reason;
  at::Tensor addition;  // sum of AddToLoss; undefined when there is none
  struct Added {
    at::Tensor sum;  // on the device
    int64_t count = 0;
  };
  std::map<std::string, Added, std::less<>> added;  // for the log
};

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_CORE_RUN_H_
