#include "ATen/ops/_foreach_addcmul.h"
#include "ATen/ops/_foreach_lerp.h"
#include "ATen/ops/_foreach_mul.h"
#include "ATen/ops/pow.h"
#include "ATen/ops/where.h"
#include "framework/core/slot_optimizer.h"
#include "framework/shared/moment_options.h"
#include "plugins/optimizers/lamb/lamb.pb.h"

namespace toque {
namespace {

enum Slot : size_t { kStep, kAverage, kSquare };

// 1 - beta^step, in double: near 1, a float would lose half of its digits.
at::Tensor Correction(double beta, const at::Tensor& step) {
  return at::pow(beta, step.to(at::kDouble)).neg().add(1);
}

// |parameter| / |step|, or 1 where either is 0.
at::Tensor TrustRatio(const at::Tensor& parameter, const at::Tensor& step) {
  const at::Tensor norm = parameter.norm();
  const at::Tensor step_norm = step.norm();
  return at::where(norm.gt(0).logical_and(step_norm.gt(0)), norm.div(step_norm),
                   1.0);
}

class Lamb : public SlotOptimizer {
 public:
  explicit Lamb(const recipe::Lamb& options)
      : SlotOptimizer(options.lr(), options.weight_decay(),
                      {"step", "exp_avg", "exp_avg_sq"}),
        options_(options) {}

 protected:
  // Algorithm 2 of the paper.
  void Update(Work& work) override {
    const double beta1 = options_.beta1() * work.momentum_factor;
    const double beta2 = options_.beta2();
    const at::TensorList averages = work.slots[kAverage];
    const at::TensorList squares = work.slots[kSquare];
    at::_foreach_lerp_(averages, work.gradients, 1 - beta1);
    at::_foreach_mul_(squares, beta2);
    at::_foreach_addcmul_(squares, work.gradients, work.gradients, 1 - beta2);
    for (size_t i = 0; i < work.parameters.size(); ++i) {
      at::Tensor& parameter = work.parameters[i];
      const at::Tensor& count = work.slots[kStep][i];
      const at::Tensor root = squares[i].div(Correction(beta2, count)).sqrt();
      at::Tensor step = averages[i].div(Correction(beta1, count));
      step.div_(root.add(options_.eps())).add_(parameter, work.weight_decay);
      if (work.weight_decay_scale != 0) step.mul_(TrustRatio(parameter, step));
      parameter.sub_(step, work.lr);
    }
  }

 private:
  const recipe::Lamb options_;
};

Made<Optimizer> MakeLamb(const recipe::Lamb& options) {
  RETURN_IF_ERROR(CheckMomentOptions(options));
  return std::make_unique<Lamb>(options);
}

TOQUE_PLUGIN(MakeLamb);

}  // namespace
}  // namespace toque
