#include <algorithm>
#include <cmath>
#include <regex>

#include "ATen/ops/_foreach_lerp.h"
#include "ATen/ops/_fused_adamw.h"
#include "ATen/ops/addmm.h"
#include "framework/core/slot_optimizer.h"
#include "plugins/optimizers/muon/muon.pb.h"

namespace toque {
namespace {

// About the nearest matrix whose rows, or columns, are orthonormal: of a matrix
// U S V^T it gives U S' V^T with all of S' between 0.5 and 1.5.
at::Tensor Orthogonal(const at::Tensor& matrix, const recipe::Muon& options) {
  constexpr double kA = 3.4445, kB = -4.7750, kC = 2.0315;  // as PyTorch's
  const bool tall = matrix.size(0) > matrix.size(1);
  at::Tensor x = matrix.to(at::kBFloat16);
  if (tall) x = x.t();
  x = x.div(x.norm().clamp_min(options.eps()));
  for (int i = 0; i < options.ns_steps(); ++i) {
    const at::Tensor gram = x.mm(x.t());
    const at::Tensor update = at::addmm(gram, gram, gram, kB, kC);
    x = at::addmm(x, update, x, kA);
  }
  return tall ? x.t() : x;
}

double Adjustment(const at::Tensor& matrix, const recipe::Muon& options) {
  const double rows = static_cast<double>(matrix.size(0));
  const double columns = static_cast<double>(matrix.size(1));
  if (options.adjust_lr() == recipe::Muon::MATCH_RMS_ADAMW) {
    return 0.2 * std::sqrt(std::max(rows, columns));
  }
  return std::sqrt(std::max(1.0, rows / columns));
}

// Steps matrices, and convolutions as matrices.
class OfMatrices : public SlotOptimizer {
 public:
  explicit OfMatrices(const recipe::Muon& options)
      : SlotOptimizer(options.lr(), options.weight_decay(),
                      {"momentum_buffer"}),
        options_(options) {}

 protected:
  void Update(Work& work) override {
    const double momentum = options_.momentum() * work.momentum_factor;
    const std::vector<at::Tensor>& averages = work.slots[0];
    at::_foreach_lerp_(averages, work.gradients, 1 - momentum);
    for (size_t i = 0; i < work.parameters.size(); ++i) {
      at::Tensor& parameter = work.parameters[i];
      const at::Tensor average =
          options_.nesterov() ? work.gradients[i].lerp(averages[i], momentum)
                              : averages[i];
      const at::Tensor matrix = average.flatten(1);
      const double lr = work.lr * Adjustment(matrix, options_);
      const at::Tensor step = Orthogonal(matrix, options_);
      parameter.mul_(1 - work.lr * work.weight_decay);
      parameter.sub_(step.reshape(parameter.sizes()), lr);
    }
  }

 private:
  const recipe::Muon options_;
};

// Steps all else.
class OfTheRest : public SlotOptimizer {
 public:
  explicit OfTheRest(const recipe::Muon& options)
      : SlotOptimizer(options.lr() * options.adam_w_lr_scale(),
                      options.weight_decay(),
                      {"step", "exp_avg", "exp_avg_sq"}),
        options_(options) {}

 protected:
  void Update(Work& work) override {
    at::_fused_adamw_(
        work.parameters, work.gradients, work.slots[1], work.slots[2],
        /*max_exp_avg_sqs=*/{}, work.slots[0], work.lr,
        options_.beta1() * work.momentum_factor, options_.beta2(),
        work.weight_decay, options_.adam_w_eps(), /*amsgrad=*/false,
        /*maximize=*/false, /*grad_scale=*/{}, work.found_inf);
  }
  bool HonoursFoundInf() const override { return true; }

 private:
  const recipe::Muon options_;
};

class Muon : public Optimizer {
 public:
  explicit Muon(const recipe::Muon& options)
      : options_(options), of_matrices_(options), of_the_rest_(options) {}

  double base_lr() const override { return options_.lr(); }

  absl::Status Attach(std::vector<Group>* groups) override {
    groups_ = groups;
    const std::regex pattern(options_.adam_w_match());
    bool matched = false;
    for (const Group& group : *groups) {
      Group& matrices = matrices_.emplace_back();
      Group& rest = rest_.emplace_back();
      for (const auto& [name, parameter] : group.parameters) {
        const bool named =
            options_.has_adam_w_match() && std::regex_search(name, pattern);
        matched |= named;
        const bool by_muon = !named && IsMatrix(parameter);
        (by_muon ? matrices : rest).parameters.emplace_back(name, parameter);
      }
    }
    if (options_.has_adam_w_match() && !matched) {
      return Invalid("adam_w_match must match a parameter",
                     options_.adam_w_match());
    }
    RETURN_IF_ERROR(of_matrices_.Attach(&matrices_));
    return of_the_rest_.Attach(&rest_);
  }

  absl::Status Step(const StepContext& context) override {
    for (size_t i = 0; i < groups_->size(); ++i) {
      const Group& group = (*groups_)[i];
      for (Group* part : {&matrices_[i], &rest_[i]}) {
        part->weight_decay_scale = group.weight_decay_scale;
        part->active = group.active;
        part->lr = group.lr;
        part->momentum_factor = group.momentum_factor;
      }
      rest_[i].lr *= options_.adam_w_lr_scale();
    }
    RETURN_IF_ERROR(of_matrices_.Step(context));
    return of_the_rest_.Step(context);
  }

  void Save(State* state) const override {
    of_matrices_.Save(state);
    of_the_rest_.Save(state);
  }
  absl::Status Load(const State& state) override {
    RETURN_IF_ERROR(of_matrices_.Load(state));
    return of_the_rest_.Load(state);
  }

 private:
  bool IsMatrix(const at::Tensor& parameter) const {
    if (options_.convolutions() == recipe::Muon::FLATTENED) {
      return parameter.dim() >= 2;
    }
    return parameter.dim() == 2;
  }

  const recipe::Muon options_;
  OfMatrices of_matrices_;
  OfTheRest of_the_rest_;
  const std::vector<Group>* groups_ = nullptr;
  // What each of the two has of every group.
  std::vector<Group> matrices_;
  std::vector<Group> rest_;
};

absl::Status CheckPattern(const std::string& pattern) {
  try {
    const std::regex compiled(pattern);
    return absl::OkStatus();
  } catch (const std::regex_error&) {
    return Invalid("adam_w_match must be a regular expression", pattern);
  }
}

Made<Optimizer> MakeMuon(const recipe::Muon& options) {
  RETURN_IF_ERROR(Together(
      {AtLeast("lr", options.lr(), 0),
       AtLeast("weight_decay", options.weight_decay(), 0),
       Within("momentum", options.momentum(), 0, 1),
       Between("ns_steps", options.ns_steps(), 1, 99),
       Above("eps", options.eps(), 0), CheckPattern(options.adam_w_match()),
       AtLeast("adam_w_lr_scale", options.adam_w_lr_scale(), 0),
       Within("beta1", options.beta1(), 0, 1),
       Within("beta2", options.beta2(), 0, 1),
       AtLeast("adam_w_eps", options.adam_w_eps(), 0)}));
  return std::make_unique<Muon>(options);
}

TOQUE_PLUGIN(MakeMuon);

}  // namespace
}  // namespace toque
