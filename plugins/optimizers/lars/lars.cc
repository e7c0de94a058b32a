#include "ATen/ops/_foreach_add.h"
#include "ATen/ops/_foreach_mul.h"
#include "ATen/ops/_foreach_norm.h"
#include "ATen/ops/_foreach_sub.h"
#include "ATen/ops/where.h"
#include "framework/core/slot_optimizer.h"
#include "plugins/optimizers/lars/lars.pb.h"

namespace toque {
namespace {

class Lars : public SlotOptimizer {
 public:
  explicit Lars(const recipe::Lars& options)
      : SlotOptimizer(options.lr(), options.weight_decay(),
                      {"momentum_buffer"}),
        options_(options) {}

 protected:
  // Algorithm 1 of the paper: the rate is part of what momentum keeps.
  void Update(Work& work) override {
    const std::vector<at::Tensor> steps =
        at::_foreach_add(work.gradients, work.parameters, work.weight_decay);
    if (work.weight_decay_scale != 0) {
      at::_foreach_mul_(steps, TrustRatios(work));
    }
    const at::TensorList buffers = work.slots[0];
    at::_foreach_mul_(buffers, options_.momentum() * work.momentum_factor);
    at::_foreach_add_(buffers, steps, work.lr);
    at::_foreach_sub_(work.parameters, buffers);
  }

 private:
  // One scalar a parameter, on its device.
  std::vector<at::Tensor> TrustRatios(const Work& work) const {
    std::vector<at::Tensor> ratios = at::_foreach_norm(work.gradients);
    const std::vector<at::Tensor> norms = at::_foreach_norm(work.parameters);
    at::_foreach_add_(ratios, norms, work.weight_decay);
    at::_foreach_add_(ratios, options_.eps());
    for (size_t i = 0; i < ratios.size(); ++i) {
      const at::Tensor ratio =
          norms[i].mul(options_.trust_coefficient()).div(ratios[i]);
      ratios[i] = at::where(norms[i].gt(0), ratio, 1.0);
    }
    return ratios;
  }

  const recipe::Lars options_;
};

Made<Optimizer> MakeLars(const recipe::Lars& options) {
  RETURN_IF_ERROR(
      Together({AtLeast("lr", options.lr(), 0),
                AtLeast("momentum", options.momentum(), 0),
                AtLeast("weight_decay", options.weight_decay(), 0),
                Above("trust_coefficient", options.trust_coefficient(), 0),
                Above("eps", options.eps(), 0)}));
  return std::make_unique<Lars>(options);
}

TOQUE_PLUGIN(MakeLars);

}  // namespace
}  // namespace toque
