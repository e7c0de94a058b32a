#include "ATen/ops/_fused_adamw.h"
#include "framework/core/slot_optimizer.h"
#include "framework/shared/moment_options.h"
#include "plugins/optimizers/adam_w/adam_w.pb.h"

namespace toque {
namespace {

enum Slot : size_t { kStep, kAverage, kSquare, kGreatestSquare };

std::vector<std::string> SlotsFor(const recipe::AdamW& options) {
  if (!options.amsgrad()) return {"step", "exp_avg", "exp_avg_sq"};
  return {"step", "exp_avg", "exp_avg_sq", "max_exp_avg_sq"};
}

class AdamW : public SlotOptimizer {
 public:
  explicit AdamW(const recipe::AdamW& options)
      : SlotOptimizer(options.lr(), options.weight_decay(), SlotsFor(options)),
        options_(options) {}

 protected:
  void Update(Work& work) override {
    at::TensorList greatest_squares;
    if (options_.amsgrad()) greatest_squares = work.slots[kGreatestSquare];
    at::_fused_adamw_(work.parameters, work.gradients, work.slots[kAverage],
                      work.slots[kSquare], greatest_squares, work.slots[kStep],
                      work.lr, options_.beta1() * work.momentum_factor,
                      options_.beta2(), work.weight_decay, options_.eps(),
                      options_.amsgrad(), /*maximize=*/false, /*grad_scale=*/{},
                      work.found_inf);
  }
  bool HonoursFoundInf() const override { return true; }

 private:
  const recipe::AdamW options_;
};

Made<Optimizer> MakeAdamW(const recipe::AdamW& options) {
  RETURN_IF_ERROR(CheckMomentOptions(options));
  return std::make_unique<AdamW>(options);
}

TOQUE_PLUGIN(MakeAdamW);

}  // namespace
}  // namespace toque
