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
  if (!(options.lr() >= 0))
    return Invalid("lr must be at least 0", options.lr());
  if (!(options.lr_decay() >= 0)) {
    return Invalid("lr_decay must be at least 0", options.lr_decay());
  }
  if (!(options.weight_decay() >= 0)) {
    return Invalid("weight_decay must be at least 0", options.weight_decay());
  }
  if (!(options.initial_accumulator_value() >= 0)) {
    return Invalid("initial_accumulator_value must be at least 0",
                   options.initial_accumulator_value());
  }
  if (!(options.eps() >= 0)) {
    return Invalid("eps must be at least 0", options.eps());
  }
  return std::make_unique<Adagrad>(options);
}

TOQUE_PLUGIN(MakeAdagrad);

}  // namespace
}  // namespace toque
