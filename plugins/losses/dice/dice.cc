#include <utility>

#include "framework/core/loss.h"
#include "framework/shared/class_weights.h"
#include "framework/shared/soft_target.h"
#include "plugins/losses/dice/dice.pb.h"

namespace toque {
namespace {

// [N, C, ...] to [C].
at::Tensor SumOfClasses(const at::Tensor& values) {
  return values.transpose(0, 1).flatten(1).sum(1);
}

class Dice : public Loss {
 public:
  Dice(double smooth, ClassWeights weights)
      : smooth_(smooth), weights_(std::move(weights)) {}

  at::Tensor Compute(const Prediction& prediction,
                     const Batch& batch) override {
    const at::Tensor& output = prediction.output;
    const at::Tensor rows = RowsLike(output, batch.target);
    const at::Tensor counted = rows.ne(0).any(1, /*keepdim=*/true);
    const at::Tensor p = output.softmax(1).mul(counted);
    const at::Tensor overlap = SumOfClasses(p.mul(rows)).mul(2).add(smooth_);
    const at::Tensor size = SumOfClasses(p.add(rows)).add(smooth_);
    const at::Tensor losses = overlap.div(size).neg().add(1);
    const auto weight = weights_.Like(output);
    if (!weight.has_value()) return losses.mean();
    return losses.dot(*weight).div(weight->sum());
  }

  bool TakesSoftTarget() const override { return true; }

 private:
  const double smooth_;
  ClassWeights weights_;
};

Made<Loss> MakeDice(const recipe::Dice& options, const Context& context) {
  RETURN_IF_ERROR(Above("smooth", options.smooth(), 0));
  ASSIGN_OR_RETURN(ClassWeights weights,
                   ClassWeights::Make("weight", options.weight(), context));
  return std::make_unique<Dice>(options.smooth(), std::move(weights));
}

TOQUE_PLUGIN(MakeDice);

}  // namespace
}  // namespace toque
