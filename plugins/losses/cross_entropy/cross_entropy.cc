#include <utility>

#include "framework/core/loss.h"
#include "framework/shared/class_weights.h"
#include "framework/shared/reduction.h"
#include "framework/shared/soft_target.h"
#include "glog/logging.h"
#include "plugins/losses/cross_entropy/cross_entropy.pb.h"

namespace toque {
namespace {

void WarnOfProbabilities(const at::Tensor& output) {
  const at::Tensor scores = output.detach();
  const at::Tensor sums_to_1 = scores.sum(1).sub(1).abs().lt(1e-3).all();
  if (!scores.ge(0).all().logical_and(sums_to_1).item<bool>()) return;
  LOG_FIRST_N(WARNING, 1) << "the output looks like probabilities, and "
                             "CrossEntropy takes raw scores";
}

class CrossEntropy : public Loss {
 public:
  CrossEntropy(const recipe::CrossEntropy& options, ClassWeights weights)
      : reduction_(ReductionOf(options.reduction())),
        ignore_index_(options.ignore_index()),
        check_(options.check()),
        weights_(std::move(weights)) {}

  at::Tensor Compute(const Prediction& prediction,
                     const Batch& batch) override {
    const at::Tensor& output = prediction.output;
    if (check_ == recipe::CrossEntropy::FIRST_BATCH) {
      check_ = recipe::CrossEntropy::NOTHING;
      WarnOfProbabilities(output);
    }
    return CrossEntropyOf(output, batch.target, weights_.Like(output),
                          reduction_, ignore_index_);
  }

  // A soft target knows no class whose examples count for nothing.
  bool TakesSoftTarget() const override { return ignore_index_ < 0; }

 private:
  const int64_t reduction_;
  const int64_t ignore_index_;
  recipe::CrossEntropy::Check check_;
  ClassWeights weights_;
};

Made<Loss> MakeCrossEntropy(const recipe::CrossEntropy& options,
                            const Context& context) {
  ASSIGN_OR_RETURN(ClassWeights weights,
                   ClassWeights::Make("weight", options.weight(), context));
  return std::make_unique<CrossEntropy>(options, std::move(weights));
}

TOQUE_PLUGIN(MakeCrossEntropy);

}  // namespace
}  // namespace toque
