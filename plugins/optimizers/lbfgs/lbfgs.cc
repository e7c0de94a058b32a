#include <algorithm>
#include <cmath>
#include <deque>
#include <utility>

#include "ATen/ops/cat.h"
#include "ATen/ops/stack.h"
#include "ATen/ops/zeros_like.h"
#include "absl/strings/str_join.h"
#include "c10/core/GradMode.h"
#include "framework/core/optimizer.h"
#include "framework/shared/line_search.h"
#include "plugins/optimizers/lbfgs/lbfgs.pb.h"

namespace toque {
namespace {

double Dot(const at::Tensor& a, const at::Tensor& b) {
  return a.dot(b).item<double>();
}

double Largest(const at::Tensor& a) { return a.abs().max().item<double>(); }

// `count` rows, which come in pairs, each of the shape of the parameter.
absl::Status CheckRows(const std::string& key, const at::Tensor& rows,
                       const at::Tensor& parameter, int64_t count) {
  std::vector<int64_t> shape = parameter.sizes().vec();
  shape.insert(shape.begin(), count);
  const auto fault = [&key](auto... what) {
    return absl::DataLossError(
        absl::StrCat("\"", key, "\" must have ", what...));
  };
  if (rows.sizes() != shape) {
    return fault("shape [", absl::StrJoin(shape, ", "), "], got [",
                 absl::StrJoin(rows.sizes(), ", "), "]");
  }
  if (count >= 2 && count % 2 == 0) return absl::OkStatus();
  return fault("an even number of rows, at least 2, got ", count);
}

class Lbfgs : public Optimizer {
 public:
  explicit Lbfgs(const recipe::Lbfgs& options) : options_(options) {}

  double base_lr() const override { return options_.lr(); }
  bool NeedsReevaluation() const override { return true; }

  absl::Status Attach(std::vector<Group>* groups) override {
    groups_ = groups;
    for (const Group& group : *groups) {
      if (group.lr_scale == groups->front().lr_scale) continue;
      return Invalid("lr_scale must be the same in every param_group",
                     group.lr_scale);
    }
    return absl::OkStatus();
  }

  absl::Status Step(const StepContext& context) override {
    if (!context.reevaluate) {
      return Invalid("a step must be able to evaluate its batch several times");
    }
    const c10::AutoGradMode no_gradients(false);
    if (context.found_inf.defined() && context.found_inf.item<double>() != 0) {
      return absl::OkStatus();
    }
    ListParameters();
    if (!parameters_.empty()) Descend(context);
    return absl::OkStatus();
  }

  // Of each parameter the rows of all that is remembered: the last step, the
  // gradient before it, then step and change of gradient of every pair.
  void Save(State* state) const override {
    if (!last_step_.defined()) return;
    std::vector<at::Tensor> rows = {last_step_, last_gradient_};
    for (const Pair& pair : pairs_) {
      rows.insert(rows.end(), {pair.step, pair.change});
    }
    const at::Tensor all = at::stack(rows);
    int64_t begin = 0;
    for (const auto& [name, parameter] : parameters_) {
      std::vector<int64_t> shape = parameter.sizes().vec();
      shape.insert(shape.begin(), all.size(0));
      state->Set(absl::StrCat("history.", name),
                 all.narrow(1, begin, parameter.numel()).reshape(shape));
      begin += parameter.numel();
    }
  }

  absl::Status Load(const State& state) override {
    Forget();
    parameters_.clear();
    std::vector<at::Tensor> columns;
    for (const Group& group : *groups_) {
      for (const auto& [name, parameter] : group.parameters) {
        const std::string key = absl::StrCat("history.", name);
        if (!state.Has(key)) continue;
        ASSIGN_OR_RETURN(const at::Tensor saved, state.Get(key));
        const at::Tensor& first = columns.empty() ? saved : columns[0];
        RETURN_IF_ERROR(CheckRows(key, saved, parameter,
                                  first.dim() == 0 ? 0 : first.size(0)));
        columns.push_back(
            saved.to(parameter.device()).reshape({saved.size(0), -1}));
        parameters_.emplace_back(name, parameter);
      }
    }
    if (!columns.empty()) Recall(at::cat(columns, 1).unbind());
    return absl::OkStatus();
  }

 private:
  // A step that was taken and how the gradient changed along it.
  struct Pair {
    at::Tensor step;
    at::Tensor change;
    double curvature;  // their product, above 0
  };

  int64_t max_eval() const {
    return options_.has_max_eval() ? options_.max_eval()
                                   : int64_t{options_.max_iter()} * 5 / 4;
  }

  void ListParameters() {
    parameters_.clear();
    for (const Group& group : *groups_) {
      if (!group.active) continue;
      parameters_.insert(parameters_.end(), group.parameters.begin(),
                         group.parameters.end());
    }
  }

  // The loss and its gradient where the parameters are.
  Point Evaluate(const StepContext& context) {
    ++evaluations_;
    Point point;
    {
      const c10::AutoGradMode gradients(true);
      point.loss = context.reevaluate().item<double>();
    }
    std::vector<at::Tensor> gradients;
    for (const auto& [name, parameter] : parameters_) {
      const at::Tensor& gradient = parameter.grad();
      gradients.push_back(
          (gradient.defined() ? gradient : at::zeros_like(parameter))
              .flatten());
    }
    point.gradient = at::cat(gradients);
    return point;
  }

  void Move(const at::Tensor& direction, double t) const {
    int64_t begin = 0;
    for (const auto& [name, parameter] : parameters_) {
      const at::Tensor part = direction.narrow(0, begin, parameter.numel());
      parameter.add_(part.view_as(parameter), t);
      begin += parameter.numel();
    }
  }

  void Descend(const StepContext& context) {
    evaluations_ = 0;
    Point point = Evaluate(context);
    // Another group has become active.
    if (last_step_.defined() && last_step_.numel() != point.gradient.numel()) {
      Forget();
    }
    for (int i = 1; i <= options_.max_iter(); ++i) {
      if (!(Largest(point.gradient) > options_.tolerance_grad())) break;
      double t = groups_->front().lr;
      if (!last_step_.defined()) {
        t *= std::min(1.0, 1 / point.gradient.abs().sum().item<double>());
      }
      const at::Tensor direction = NextDirection(point.gradient);
      const double loss = point.loss;
      point.t = 0;
      point.slope = Dot(point.gradient, direction);
      if (point.slope > -options_.tolerance_change()) break;
      if (options_.line_search() == recipe::Lbfgs::STRONG_WOLFE) {
        point = Search(context, direction, point, t);
      } else {
        Move(direction, t);
        if (i < options_.max_iter()) point = Evaluate(context);
        point.t = t;
      }
      last_step_ = direction.mul(point.t);
      if (evaluations_ >= max_eval() ||
          Largest(last_step_) <= options_.tolerance_change() ||
          std::abs(point.loss - loss) < options_.tolerance_change()) {
        break;
      }
    }
  }

  // Moves along the direction to where the search ends.
  Point Search(const StepContext& context, const at::Tensor& direction,
               const Point& start, double first_t) {
    std::vector<at::Tensor> before;
    for (const auto& [name, parameter] : parameters_) {
      before.push_back(parameter.clone());
    }
    const auto evaluate = [&](double t) {
      Move(direction, t);
      Point point = Evaluate(context);
      point.t = t;
      point.slope = Dot(point.gradient, direction);
      for (size_t i = 0; i < before.size(); ++i) {
        parameters_[i].second.copy_(before[i]);
      }
      return point;
    };
    const Point found =
        StrongWolfe(evaluate, start, first_t, max_eval() - evaluations_,
                    options_.tolerance_change() / Largest(direction));
    Move(direction, found.t);
    return found;
  }

  // The two loops of L-BFGS (Nocedal and Wright, 2006, algorithm 7.4), after
  // taking the last step into the estimate.
  at::Tensor NextDirection(const at::Tensor& gradient) {
    if (last_step_.defined()) {
      Remember(last_step_, gradient.sub(last_gradient_));
    }
    at::Tensor direction = gradient.neg();
    std::vector<double> weights(pairs_.size());
    for (size_t i = pairs_.size(); i-- > 0;) {
      const Pair& pair = pairs_[i];
      weights[i] = Dot(pair.step, direction) / pair.curvature;
      direction.sub_(pair.change, weights[i]);
    }
    if (!pairs_.empty()) {
      const Pair& pair = pairs_.back();
      direction.mul_(pair.curvature / Dot(pair.change, pair.change));
    }
    for (size_t i = 0; i < pairs_.size(); ++i) {
      const Pair& pair = pairs_[i];
      direction.add_(pair.step,
                     weights[i] - Dot(pair.change, direction) / pair.curvature);
    }
    last_gradient_ = gradient;
    last_step_ = at::zeros_like(gradient);  // until one is taken
    return direction;
  }

  // Only pairs of positive curvature keep the estimate positive definite.
  void Remember(at::Tensor step, at::Tensor change) {
    const double curvature = Dot(change, step);
    if (curvature <= 1e-10) return;
    if (pairs_.size() == static_cast<size_t>(options_.history_size())) {
      pairs_.pop_front();
    }
    pairs_.push_back({std::move(step), std::move(change), curvature});
  }

  void Forget() {
    pairs_.clear();
    last_step_.reset();
    last_gradient_.reset();
  }

  // Each row in memory of its own, as it was when it was saved.
  void Recall(const std::vector<at::Tensor>& rows) {
    last_step_ = rows[0].clone();
    last_gradient_ = rows[1].clone();
    for (size_t i = 2; i < rows.size(); i += 2) {
      Remember(rows[i].clone(), rows[i + 1].clone());
    }
  }

  const recipe::Lbfgs options_;
  std::vector<Group>* groups_ = nullptr;
  NamedTensors parameters_;  // of the active groups, in the vector's order
  std::deque<Pair> pairs_;   // oldest first
  // The step that the last direction led to and the gradient before it;
  // undefined before the first.
  at::Tensor last_step_;
  at::Tensor last_gradient_;
  int64_t evaluations_ = 0;  // in the current step
};

Made<Optimizer> MakeLbfgs(const recipe::Lbfgs& options) {
  RETURN_IF_ERROR(Together(
      {AtLeast("lr", options.lr(), 0),
       AtLeast("max_iter", options.max_iter(), 1),
       options.has_max_eval() ? AtLeast("max_eval", options.max_eval(), 1)
                              : absl::OkStatus(),
       AtLeast("tolerance_grad", options.tolerance_grad(), 0),
       AtLeast("tolerance_change", options.tolerance_change(), 0),
       AtLeast("history_size", options.history_size(), 1)}));
  return std::make_unique<Lbfgs>(options);
}

TOQUE_PLUGIN(MakeLbfgs);

}  // namespace
}  // namespace toque
