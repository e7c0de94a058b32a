#include "ATen/ops/_fused_sgd.h"
#include "ATen/ops/where.h"
#include "framework/core/slot_optimizer.h"
#include "plugins/optimizers/sgd/sgd.pb.h"

namespace toque {
namespace {

enum Slot : size_t { kBuffer, kStep };

// Buffers only for momentum, and steps only for dampening.
std::vector<std::string> SlotsFor(const recipe::Sgd& options) {
  if (options.momentum() == 0) return {};
  if (options.dampening() == 0) return {"momentum_buffer"};
  return {"momentum_buffer", "step"};
}

class Sgd : public SlotOptimizer {
 public:
  explicit Sgd(const recipe::Sgd& options)
      : SlotOptimizer(options.lr(), options.weight_decay(), SlotsFor(options)),
        options_(options) {}

 protected:
  void Update(Work& work) override {
    const double momentum = options_.momentum() * work.momentum_factor;
    at::TensorList buffers;
    if (momentum != 0) buffers = work.slots[kBuffer];
    if (momentum != 0 && options_.dampening() != 0) Seed(work, momentum);
    at::_fused_sgd_(work.parameters, work.gradients, buffers, work.weight_decay,
                    momentum, work.lr, options_.dampening(),
                    options_.nesterov(), /*maximize=*/false,
                    /*is_first_step=*/false, /*grad_scale=*/{}, work.found_inf);
  }
  bool HonoursFoundInf() const override { return options_.dampening() == 0; }

 private:
  // The first gradient enters whole: before a parameter's first step its buffer
  // is what momentum x buffer + (1 - dampening) x gradient makes the gradient.
  // The kernel's is_first_step would hold for all parameters alike.
  void Seed(Work& work, double momentum) const {
    for (size_t i = 0; i < work.parameters.size(); ++i) {
      at::Tensor& buffer = work.slots[kBuffer][i];
      const at::Tensor seed = work.gradients[i]
                                  .add(work.parameters[i], work.weight_decay)
                                  .mul(options_.dampening() / momentum);
      buffer.copy_(at::where(work.slots[kStep][i].eq(1), seed, buffer));
    }
  }

  const recipe::Sgd options_;
};

Made<Optimizer> MakeSgd(const recipe::Sgd& options) {
  RETURN_IF_ERROR(
      Together({AtLeast("lr", options.lr(), 0),
                AtLeast("momentum", options.momentum(), 0),
                Between("dampening", options.dampening(), 0, 1),
                AtLeast("weight_decay", options.weight_decay(), 0)}));
  if (options.nesterov() && options.momentum() == 0) {
    return Invalid("nesterov needs momentum above 0", options.momentum());
  }
  if (options.nesterov() && options.dampening() != 0) {
    return Invalid("nesterov needs dampening to be 0", options.dampening());
  }
  return std::make_unique<Sgd>(options);
}

TOQUE_PLUGIN(MakeSgd);

}  // namespace
}  // namespace toque
