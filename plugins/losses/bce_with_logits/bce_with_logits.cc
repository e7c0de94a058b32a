#include <utility>

#include "ATen/ops/binary_cross_entropy_with_logits.h"
#include "framework/core/loss.h"
#include "framework/shared/class_weights.h"
#include "framework/shared/reduction.h"
#include "framework/shared/soft_target.h"
#include "plugins/losses/bce_with_logits/bce_with_logits.pb.h"

namespace toque {
namespace {

class BceWithLogits : public Loss {
 public:
  BceWithLogits(int64_t reduction, ClassWeights pos_weight)
      : reduction_(reduction), pos_weight_(std::move(pos_weight)) {}

  at::Tensor Compute(const Prediction& prediction,
                     const Batch& batch) override {
    const at::Tensor& output = prediction.output;
    return batch.target.sizes() == output.sizes()
               ? OfShares(output, batch.target)
               : OfClasses(output, batch.target);
  }

  bool TakesSoftTarget() const override { return true; }

 private:
  at::Tensor OfShares(const at::Tensor& output, const at::Tensor& target) {
    return at::binary_cross_entropy_with_logits(
        output, target.to(output.scalar_type()), {}, pos_weight_.Along(output),
        reduction_);
  }

  at::Tensor OfClasses(const at::Tensor& output, const at::Tensor& classes) {
    const at::Tensor rows = RowsLike(output, classes);
    const at::Tensor counted = classes.ge(0).unsqueeze(1).to(rows.options());
    const at::Tensor sum = at::binary_cross_entropy_with_logits(
        output, rows, counted, pos_weight_.Along(output), at::Reduction::Sum);
    if (reduction_ == at::Reduction::Sum) return sum;
    return sum.div(counted.sum().clamp_min(1).mul(output.size(1)));
  }

  const int64_t reduction_;
  ClassWeights pos_weight_;
};

Made<Loss> MakeBceWithLogits(const recipe::BceWithLogits& options) {
  // The scores need not be of the data set's classes.
  ASSIGN_OR_RETURN(
      ClassWeights pos_weight,
      ClassWeights::Make("pos_weight", options.pos_weight(), Context()));
  return std::make_unique<BceWithLogits>(ReductionOf(options.reduction()),
                                         std::move(pos_weight));
}

TOQUE_PLUGIN(MakeBceWithLogits);

}  // namespace
}  // namespace toque
