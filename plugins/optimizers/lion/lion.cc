#include "ATen/ops/_foreach_add.h"
#include "ATen/ops/_foreach_lerp.h"
#include "ATen/ops/_foreach_mul.h"
#include "ATen/ops/_foreach_sign.h"
#include "framework/core/slot_optimizer.h"
#include "plugins/optimizers/lion/lion.pb.h"

namespace toque {
namespace {

class Lion : public SlotOptimizer {
 public:
  explicit Lion(const recipe::Lion& options)
      : SlotOptimizer(options.lr(), options.weight_decay(), {"exp_avg"}),
        options_(options) {}

 protected:
  // Algorithm 2 of the paper.
  void Update(Work& work) override {
    const at::TensorList averages = work.slots[0];
    const double beta1 = options_.beta1() * work.momentum_factor;
    const std::vector<at::Tensor> signs =
        at::_foreach_lerp(averages, work.gradients, 1 - beta1);
    at::_foreach_sign_(signs);
    if (work.weight_decay != 0) {
      at::_foreach_mul_(work.parameters, 1 - work.lr * work.weight_decay);
    }
    at::_foreach_add_(work.parameters, signs, -work.lr);
    at::_foreach_lerp_(averages, work.gradients, 1 - options_.beta2());
  }

 private:
  const recipe::Lion options_;
};

Made<Optimizer> MakeLion(const recipe::Lion& options) {
  RETURN_IF_ERROR(Together(
      {AtLeast("lr", options.lr(), 0), Within("beta1", options.beta1(), 0, 1),
       Within("beta2", options.beta2(), 0, 1),
       AtLeast("weight_decay", options.weight_decay(), 0)}));
  return std::make_unique<Lion>(options);
}

TOQUE_PLUGIN(MakeLion);

}  // namespace
}  // namespace toque
