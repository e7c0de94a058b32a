#include <utility>

#include "framework/core/loss.h"
#include "framework/shared/class_weights.h"
#include "framework/shared/soft_target.h"
#include "plugins/losses/focal/focal.pb.h"

namespace toque {
namespace {

class Focal : public Loss {
 public:
  Focal(const recipe::Focal& options, ClassWeights alpha)
      : options_(options), alpha_(std::move(alpha)) {}

  at::Tensor Compute(const Prediction& prediction,
                     const Batch& batch) override {
    const at::Tensor& output = prediction.output;
    const at::Tensor rows = RowsLike(output, batch.target);
    const at::Tensor log_p = output.log_softmax(1);
    // A root has no slope at 0, where sure examples come to lie.
    const at::Tensor doubt = log_p.expm1().neg().clamp_min(1e-12);
    at::Tensor losses = rows.mul(doubt.pow(options_.gamma())).mul(log_p);
    if (const auto alpha = alpha_.Along(output)) losses = losses.mul(*alpha);
    const at::Tensor sum = losses.sum().neg();
    if (options_.reduction() == SUM) return sum;
    return sum.div(CountedRows(rows));
  }

  bool TakesSoftTarget() const override { return true; }

 private:
  const recipe::Focal options_;
  ClassWeights alpha_;
};

Made<Loss> MakeFocal(const recipe::Focal& options, const Context& context) {
  RETURN_IF_ERROR(AtLeast("gamma", options.gamma(), 0));
  ASSIGN_OR_RETURN(ClassWeights alpha,
                   ClassWeights::Make("alpha", options.alpha(), context));
  return std::make_unique<Focal>(options, std::move(alpha));
}

TOQUE_PLUGIN(MakeFocal);

}  // namespace
}  // namespace toque
