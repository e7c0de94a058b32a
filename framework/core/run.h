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

  Metrics metrics;

  // ---- What a hook can ask for; carried out after all hooks of that point.
  // Writes checkpoints/<name>.safetensors.
  void RequestCheckpoint(std::string checkpoint);
  // Ends the run after this step or evaluation, as if it had been that long.
  void RequestStop(std::string why);
  // Adds a scalar to what is differentiated, not to the reported loss; its mean
  // is logged as "<name>/train". In AfterForward or BeforeBackward; does
  // nothing in an evaluation.
  void AddToLoss(std::string_view name, const at::Tensor& value);
  // Evaluates once more with these values in place of the model's parameters
  // and buffers of the same names, as split "<split>_<suffix>". In
  // AfterEvaluation of split "eval" or "test".
  void Evaluate(std::string suffix, NamedTensors weights);

  // ---- What was asked for since the trainer last looked.
  struct Evaluation {
    std::string suffix;
    NamedTensors weights;
  };
  std::vector<std::string> checkpoints;
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
