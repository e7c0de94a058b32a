// Hooks act at points of a run, in the order of the experiment file.

#ifndef TOQUE_FRAMEWORK_CORE_HOOK_H_
#define TOQUE_FRAMEWORK_CORE_HOOK_H_

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "framework/core/progress.h"
#include "framework/core/registry.h"
#include "framework/core/run.h"
#include "framework/core/state.h"

namespace toque {

class Observer;

// A metric that a hook publishes: its name without the split, and what it is
// of.
struct Published {
  enum Of { kAll, kTraining, kEvaluations };
  std::string name;
  Of of = kAll;
};

// Every point does nothing by default; an error ends the run. A step is, in
// this order: AfterForward, BeforeBackward and AfterBackward of each
// micro-batch, or of each piece of it under tbptt_steps, then BeforeStep, the
// optimizer, AfterStep.
class Hook {
 public:
  static constexpr std::string_view kKind = "hook";
  virtual ~Hook() = default;

  // All parts stand, and what a resumed run had saved is loaded.
  virtual absl::Status BeforeTraining(Run&) { return absl::OkStatus(); }
  // prediction and loss are there; in training and evaluation, run.phase tells.
  virtual absl::Status AfterForward(Run&) { return absl::OkStatus(); }
  // The last place to add to the loss.
  virtual absl::Status BeforeBackward(Run&) { return absl::OkStatus(); }
  // Each micro-batch.
  virtual absl::Status AfterBackward(Run&) { return absl::OkStatus(); }
  // Gradients are summed, unscaled and reduced: clip here. An optimizer that
  // looks at several points a step has it called at each.
  virtual absl::Status BeforeStep(Run&) { return absl::OkStatus(); }
  // Parameters are stepped; progress counts the step.
  virtual absl::Status AfterStep(Run&) { return absl::OkStatus(); }
  // run.metrics holds those of the evaluation of run.split.
  virtual absl::Status AfterEvaluation(Run&) { return absl::OkStatus(); }
  // run.metrics holds those of the log interval that ends here.
  virtual absl::Status AfterLog(Run&) { return absl::OkStatus(); }
  virtual absl::Status AfterEpoch(Run&) { return absl::OkStatus(); }
  // Also after a run that was stopped, not after one that failed.
  virtual absl::Status AfterTraining(Run&) { return absl::OkStatus(); }

  // Writes "<metric>/<run.split>" of what was gathered since the last report of
  // that split, and starts anew: at each log interval and evaluation's end. The
  // only place where metrics are read back from the device.
  virtual absl::Status Report(Run&) { return absl::OkStatus(); }

  // Factors of the learning rate and of momentum for the step that follows
  // `progress`; those of all hooks are multiplied.
  virtual double LrFactor(const Progress&) const { return 1; }
  virtual double MomentumFactor(const Progress&) const { return 1; }

  // Who sees the calls of the model's parts in the forward that comes next and
  // that AfterForward follows (framework/layers/observer.h); null: nobody.
  // Layers that work in place don't while somebody looks.
  virtual Observer* Observes(const Run&) { return nullptr; }

  // Metrics it publishes, and full names of those it reads ("accuracy/eval").
  // Checked before the first step: what is read is published by somebody, and
  // no two hooks use one name, for checkpoints and evaluations as well.
  virtual std::vector<Published> Publishes() const { return {}; }
  virtual std::vector<std::string> Needs() const { return {}; }
  // Suffixes of the evaluations that it asks for by Run::Evaluate: "ema".
  virtual std::vector<std::string> Evaluates() const { return {}; }
  // Checkpoints that it writes time and again: "best".
  virtual std::vector<std::string> Checkpoints() const { return {}; }

  // Whether it takes batches whose target is soft [N, classes], as mixup makes
  // of labels. Training only; where not, such an experiment is refused.
  virtual bool TakesSoftTarget() const { return true; }

  // What a resumed run needs to go on exactly.
  virtual void Save(State*) const {}
  virtual absl::Status Load(const State&) { return absl::OkStatus(); }
};

// A schedule of the rate as a closed form of progress. `fits` looks before the
// first step whether the run, whose length stands in its Progress, is long
// enough.
std::unique_ptr<Hook> ScheduleOf(
    std::function<double(const Progress&)> lr_factor,
    std::function<absl::Status(const Progress&)> fits = nullptr);

// That a length or a position lies within the run: "length must be at most the
// run's 3 epochs, got 5".
absl::Status WithinRun(std::string_view option, double value, Per per,
                       const Progress& progress);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_CORE_HOOK_H_
