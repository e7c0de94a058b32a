#include "ATen/ops/_foreach_add.h"
#include "ATen/ops/_foreach_addcdiv.h"
#include "ATen/ops/_foreach_addcmul.h"
#include "ATen/ops/_foreach_lerp.h"
#include "ATen/ops/_foreach_mul.h"
#include "ATen/ops/_foreach_sqrt.h"
#include "framework/core/slot_optimizer.h"
#include "plugins/optimizers/rms_prop/rms_prop.pb.h"

namespace toque {
namespace {

// square_avg first, and momentum_buffer last where there is one.
std::vector<std::string> SlotsFor(const recipe::RmsProp& options) {
  std::vector<std::string> slots = {"square_avg"};
  if (options.centered()) slots.emplace_back("grad_avg");
  if (options.momentum() > 0) slots.emplace_back("momentum_buffer");
  return slots;
}

class RmsProp : public SlotOptimizer {
 public:
  explicit RmsProp(const recipe::RmsProp& options)
      : SlotOptimizer(options.lr(), options.weight_decay(), SlotsFor(options)),
        options_(options) {}

 protected:
  void Update(Work& work) override {
    if (work.weight_decay != 0) {
      work.gradients =
          at::_foreach_add(work.gradients, work.parameters, work.weight_decay);
    }
    const std::vector<at::Tensor> roots = Roots(work);
    if (options_.momentum() == 0) {
      at::_foreach_addcdiv_(work.parameters, work.gradients, roots, -work.lr);
      return;
    }
    const at::TensorList buffers = work.slots.back();
    at::_foreach_mul_(buffers, options_.momentum() * work.momentum_factor);
    at::_foreach_addcdiv_(buffers, work.gradients, roots);
    at::_foreach_add_(work.parameters, buffers, -work.lr);
  }

 private:
  // Takes the gradients into the averages, and gives what to divide them by.
  std::vector<at::Tensor> Roots(Work& work) const {
    const double taken = 1 - options_.alpha();
    const at::TensorList squares = work.slots[0];
    at::_foreach_mul_(squares, options_.alpha());
    at::_foreach_addcmul_(squares, work.gradients, work.gradients, taken);
    std::vector<at::Tensor> roots;
    if (options_.centered()) {
      const at::TensorList means = work.slots[1];
      at::_foreach_lerp_(means, work.gradients, taken);
      roots = at::_foreach_addcmul(squares, means, means, -1);
      at::_foreach_sqrt_(roots);
    } else {
      roots = at::_foreach_sqrt(squares);
    }
    at::_foreach_add_(roots, options_.eps());
    return roots;
  }

  const recipe::RmsProp options_;
};

Made<Optimizer> MakeRmsProp(const recipe::RmsProp& options) {
  RETURN_IF_ERROR(Together({AtLeast("lr", options.lr(), 0),
                            Between("alpha", options.alpha(), 0, 1),
                            AtLeast("eps", options.eps(), 0),
                            AtLeast("weight_decay", options.weight_decay(), 0),
                            AtLeast("momentum", options.momentum(), 0)}));
  return std::make_unique<RmsProp>(options);
}

TOQUE_PLUGIN(MakeRmsProp);

}  // namespace
}  // namespace toque
