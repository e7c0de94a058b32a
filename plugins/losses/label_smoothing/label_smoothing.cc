#include <optional>
#include <vector>

#include "ATen/ops/cross_entropy_loss.h"
#include "ATen/ops/tensor.h"
#include "framework/core/check_shape.h"
#include "framework/core/loss.h"
#include "plugins/losses/label_smoothing/label_smoothing.pb.h"

namespace toque {
namespace {

using Options = recipe::LabelSmoothing;

class LabelSmoothing : public Loss {
 public:
  explicit LabelSmoothing(const Options& options) : options_(options) {
    if (options.weight().empty()) return;
    weight_ = at::tensor(
        std::vector<double>(options.weight().begin(), options.weight().end()));
  }

  at::Tensor Compute(const Prediction& prediction,
                     const Batch& batch) override {
    const at::Tensor& output = prediction.output;
    TORCH_CHECK(output.dim() >= 2, "output must have shape [N, C, ...], got ",
                output.sizes());
    const Shares shares = SharesOf(static_cast<double>(output.size(1)));
    return batch.target.sizes() == output.sizes()
               ? OfDistributions(output, batch.target, shares)
               : OfClasses(output, batch.target, shares);
  }

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
    return at::cross_entropy_loss(output, smooth, WeightLike(output),
                                  Reduction());
  }

  // Every mode is a multiple of LibTorch's own smoothing by another epsilon.
  at::Tensor OfClasses(const at::Tensor& output, const at::Tensor& target,
                       const Shares& shares) {
    const double sum = shares.kept + shares.each * shares.classes;
    const double smoothing = 1 - shares.kept / sum;
    const auto smoothed = [&](double epsilon) {
      return at::cross_entropy_loss(output, target, WeightLike(output),
                                    Reduction(), options_.ignore_index(),
                                    epsilon);
    };
    // LibTorch takes none above 1, where OTHERS of few classes leads; the loss
    // is linear in it.
    const at::Tensor loss = smoothing <= 1
                                ? smoothed(smoothing)
                                : smoothed(0).lerp(smoothed(1), smoothing);
    return options_.mode() == Options::ADDED ? loss.mul(sum) : loss;
  }

  int64_t Reduction() const {
    return options_.reduction() == Options::SUM ? at::Reduction::Sum
                                                : at::Reduction::Mean;
  }

  // The class weights, of the output's type and on its device.
  std::optional<at::Tensor> WeightLike(const at::Tensor& output) {
    if (!weight_.defined()) return std::nullopt;
    return weight_ = weight_.to(output.options());
  }

  const Options options_;
  at::Tensor weight_;  // [C], or undefined
};

Made<Loss> MakeLabelSmoothing(const Options& options, const Context& context) {
  RETURN_IF_ERROR(Within("epsilon", options.epsilon(), 0, 1));
  for (const double weight : options.weight()) {
    RETURN_IF_ERROR(AtLeast("weight", weight, 0));
  }
  const int64_t classes = context.dataset().classes;
  if (options.weight_size() > 0 && classes > 0 &&
      options.weight_size() != classes) {
    return Invalid(absl::StrCat("weight must have a value for each of the ",
                                classes, " classes"),
                   options.weight_size());
  }
  return std::make_unique<LabelSmoothing>(options);
}

TOQUE_PLUGIN(MakeLabelSmoothing);

}  // namespace
}  // namespace toque
