// Optimizers step groups of named parameters.

#ifndef TOQUE_FRAMEWORK_CORE_OPTIMIZER_H_
#define TOQUE_FRAMEWORK_CORE_OPTIMIZER_H_

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "framework/core/registry.h"
#include "framework/core/state.h"

namespace toque {

// Parameters that are stepped alike.
struct Group {
  std::string name;
  NamedTensors parameters;
  double lr_scale = 1;
  double weight_decay_scale = 1;
  // A group that is not active is left alone; its state is made when it is.
  bool active = true;
  // For the next step; the trainer sets them: base x lr_scale x the product of
  // the schedules' factors.
  double lr = 0;
  double momentum_factor = 1;
};

// What a step may ask for.
struct StepContext {
  // Computes the loss of the current batch and its gradients anew, for methods
  // that look at several points a step; empty where that can't be done.
  std::function<at::Tensor()> reevaluate;
  // A float scalar on the device: 1 when the gradients are not finite and the
  // step is to be left out, else 0; undefined when nothing is to be looked at.
  at::Tensor found_inf;
};

class Optimizer {
 public:
  static constexpr std::string_view kKind = "optimizer";
  virtual ~Optimizer() = default;

  // The rate of the options, which schedules and groups scale.
  virtual double base_lr() const = 0;
  // Takes the groups, which outlive the optimizer and hold every parameter
  // once. Called once, before the first step.
  virtual absl::Status Attach(std::vector<Group>* groups) = 0;
  // One step of all active groups along their parameters' gradients. Parameters
  // without a gradient stay as they are.
  virtual absl::Status Step(const StepContext& context) = 0;

  // Whether a step calls `reevaluate`. Such a run computes in one precision and
  // does not accumulate.
  virtual bool NeedsReevaluation() const { return false; }

  // The state of every parameter under "<slot>.<parameter>", e.g.
  // "exp_avg.layer1.0.weight".
  virtual void Save(State* state) const = 0;
  virtual absl::Status Load(const State& state) = 0;
};

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_CORE_OPTIMIZER_H_
