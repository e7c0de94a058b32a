#include "ATen/ops/_fused_adagrad.h"
#include "framework/core/slot_optimizer.h"
#include "plugins/optimizers/adagrad/adagrad.pb.h"

namespace toque {
namespace {

enum Slot : size_t { kStep, kSum };

class Adagrad : public SlotOptimizer {
 public:
  explicit Adagrad(const recipe::Adagrad& options)
      : SlotOptimizer(options.lr(), options.weight_decay(), {"step", "sum"}),
        options_(options) {}

 protected:
  void Update(Work& work) override {
    at::_fused_adagrad_(work.parameters, work.gradients, work.slots[kSum],
                        work.slots[kStep], work.lr, options_.lr_decay(),
                        work.weight_decay, options_.eps(), /*maximize=*/false,
                        /*grad_scale=*/{}, work.found_inf);
  }
  double InitialValue(size_t slot) const override {
    return slot == kSum ? options_.initial_accumulator_value() : 0;
  }
  bool HonoursFoundInf() const override { return true; }

 private:
  const recipe::Adagrad options_;
};

Made<Optimizer> MakeAdagrad(const recipe::Adagrad& options) {
  RETURN_IF_ERROR(Together({AtLeast("lr", options.lr(), 0),
                            AtLeast("lr_decay", options.lr_decay(), 0),
                            AtLeast("weight_decay", options.weight_decay(), 0),
                            AtLeast("initial_accumulator_value",
                                    options.initial_accumulator_value(), 0),
                            AtLeast("eps", options.eps(), 0)}));
  return std::make_unique<Adagrad>(options);
}

TOQUE_PLUGIN(MakeAdagrad);

}  // namespace
}  // namespace toque
