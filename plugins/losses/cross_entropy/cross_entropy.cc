#include <optional>
#include <vector>

#include "ATen/ops/cross_entropy_loss.h"
#include "ATen/ops/tensor.h"
#include "framework/core/check_shape.h"
#include "framework/core/loss.h"
#include "plugins/losses/cross_entropy/cross_entropy.pb.h"

namespace toque {
namespace {

void WarnOfProbabilities(const at::Tensor& output) {
  const at::Tensor scores = output.detach();
  const at::Tensor sums_to_1 = scores.sum(1).sub(1).abs().lt(1e-3).all();
  if (scores.ge(0).all().logical_and(sums_to_1).item<bool>()) {
    TORCH_WARN(
        "the output looks like probabilities, and CrossEntropy takes raw "
        "scores");
  }
}

class CrossEntropy : public Loss {
 public:
  explicit CrossEntropy(const recipe::CrossEntropy& options)
      : reduction_(options.reduction() == recipe::CrossEntropy::SUM
                       ? at::Reduction::Sum
                       : at::Reduction::Mean),
        ignore_index_(options.ignore_index()),
        check_(options.check()) {
    if (options.weight().empty()) return;
    weight_ = at::tensor(
        std::vector<double>(options.weight().begin(), options.weight().end()));
  }

  at::Tensor Compute(const Prediction& prediction,
                     const Batch& batch) override {
    const at::Tensor& output = prediction.output;
    const at::Tensor& target = batch.target;
    TORCH_CHECK(output.dim() >= 2, "output must have shape [N, C, ...], got ",
                output.sizes());
    if (check_ == recipe::CrossEntropy::FIRST_BATCH) {
      check_ = recipe::CrossEntropy::NOTHING;
      WarnOfProbabilities(output);
    }
    // LibTorch refuses whole numbers and a class to ignore for soft targets.
    const bool soft = target.sizes() == output.sizes();
    return at::cross_entropy_loss(
        output, soft ? target.to(output.scalar_type()) : target,
        WeightLike(output), reduction_, soft ? -100 : ignore_index_);
  }

 private:
  // The class weights, of the output's type and on its device.
  std::optional<at::Tensor> WeightLike(const at::Tensor& output) {
    if (!weight_.defined()) return std::nullopt;
    return weight_ = weight_.to(output.options());
  }

  const int64_t reduction_;
  const int64_t ignore_index_;
  recipe::CrossEntropy::Check check_;
  at::Tensor weight_;  // [C], or undefined
};

Made<Loss> MakeCrossEntropy(const recipe::CrossEntropy& options,
                            const Context& context) {
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
  return std::make_unique<CrossEntropy>(options);
}

TOQUE_PLUGIN(MakeCrossEntropy);

}  // namespace
}  // namespace toque
