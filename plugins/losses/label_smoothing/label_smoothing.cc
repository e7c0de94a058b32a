#include <utility>

#include "ATen/ops/cross_entropy_loss.h"
#include "framework/core/loss.h"
#include "framework/shared/class_weights.h"
#include "framework/shared/reduction.h"
#include "framework/shared/soft_target.h"
#include "plugins/losses/label_smoothing/label_smoothing.pb.h"

namespace toque {
namespace {

using Options = recipe::LabelSmoothing;

class LabelSmoothing : public Loss {
 public:
  LabelSmoothing(const Options& options, ClassWeights weights)
      : options_(options), weights_(std::move(weights)) {}

  at::Tensor Compute(const Prediction& prediction,
                     const Batch& batch) override {
    const at::Tensor& output = prediction.output;
    const bool soft = HasRows(output, batch.target);
    const Shares shares = SharesOf(static_cast<double>(output.size(1)));
    return soft ? OfDistributions(output, batch.target, shares)
                : OfClasses(output, batch.target, shares);
  }

  // A soft target knows no class whose examples count for nothing.
  bool TakesSoftTarget() const override { return options_.ignore_index() < 0; }

 private:
  // A smoothed row is kept * row + each * sum of the row.
  struct Shares {
    double kept;
    double each;
    double classes;
  };

  Shares SharesOf(double classes) const {
    const double epsilon = options_.epsilon();
    if (options_.mode() == Options::UNIFORM) {
      return {1 - epsilon, epsilon / classes, classes};
    }
    TORCH_CHECK(classes >= 2, "mode OTHERS or ADDED needs at least 2 classes, ",
                "got ", classes);
    const double each = epsilon / (classes - 1);
    const bool added = options_.mode() == Options::ADDED;
    return {added ? 1 - epsilon : 1 - epsilon - each, each, classes};
  }

  at::Tensor OfDistributions(const at::Tensor& output, const at::Tensor& target,
                             const Shares& shares) {
    const at::Tensor rows = target.to(output.scalar_type());
    const at::Tensor smooth =
        rows.mul(shares.kept).add(rows.sum(1, true), shares.each);
    return CrossEntropyOfRows(output, smooth, weights_.Like(output),
                              ReductionOf(options_.reduction()));
  }

  // Every mode is a multiple of LibTorch's own smoothing by another epsilon.
  at::Tensor OfClasses(const at::Tensor& output, const at::Tensor& target,
                       const Shares& shares) {
    const double sum = shares.kept + shares.each * shares.classes;
    const double smoothing = 1 - shares.kept / sum;
    const int64_t ignored = options_.ignore_index();
    const at::Tensor labels = WithIgnored(target, ignored);
    const auto smoothed = [&](double epsilon) {
      return at::cross_entropy_loss(output, labels, weights_.Like(output),
                                    ReductionOf(options_.reduction()), ignored,
                                    epsilon);
    };
    // LibTorch takes none above 1, where OTHERS of few classes leads; the loss
    // is linear in it.
    const at::Tensor loss = smoothing <= 1
                                ? smoothed(smoothing)
                                : smoothed(0).lerp(smoothed(1), smoothing);
    return options_.mode() == Options::ADDED ? loss.mul(sum) : loss;
  }

  const Options options_;
  ClassWeights weights_;
};

Made<Loss> MakeLabelSmoothing(const Options& options, const Context& context) {
  RETURN_IF_ERROR(Within("epsilon", options.epsilon(), 0, 1));
  ASSIGN_OR_RETURN(ClassWeights weights,
                   ClassWeights::Make("weight", options.weight(), context));
  return std::make_unique<LabelSmoothing>(options, std::move(weights));
}

TOQUE_PLUGIN(MakeLabelSmoothing);

}  // namespace
}  // namespace toque
