#include <cmath>

#include "ATen/ops/cross_entropy_loss.h"
#include "ATen/ops/log_softmax.h"
#include "ATen/ops/nll_loss.h"
#include "ATen/ops/tensor.h"
#include "ATen/ops/zeros.h"
#include "absl/strings/str_format.h"
#include "framework/core/snippet.h"
#include "plugins/snippets/raw_scores/raw_scores.pb.h"

namespace toque {
namespace {

struct Result {
  float loss;
  float slope;  // the greatest of the gradient
};

// Of scores [1, classes] of class 0, as they are or after a softmax.
Result CrossEntropy(const at::Tensor& scores, bool softmax_first) {
  const at::Tensor x = scores.clone().set_requires_grad(true);
  const at::Tensor loss = at::cross_entropy_loss(
      softmax_first ? x.softmax(1) : x, at::zeros({1}, at::kLong));
  loss.backward();
  return {loss.item<float>(), x.grad().abs().max().item<float>()};
}

void ShowTraps(const at::Tensor& right, const at::Tensor& wrong, Page& page) {
  // Of probabilities 1, 0 and 0: no scores have a smaller loss.
  const double floor = std::log(1 + 2 / std::exp(1.0));
  const Result best = CrossEntropy(right.mul(100), true);
  page.Trap(
      "a softmax puts a floor under the loss",
      std::abs(best.loss - floor) < 1e-6,
      absl::StrFormat("scores of 1200, 0 and 0 still cost %.3f", best.loss));
  const Result lost = CrossEntropy(wrong, true);
  page.Trap("and takes the gradient from wrong answers",
            lost.slope < 1e-4 * CrossEntropy(wrong, false).slope,
            absl::StrFormat("what should be learned most has a gradient of "
                            "%.3f",
                            lost.slope));
}

void Show(Page& page) {
  const at::Tensor right = at::tensor({12.F, 0.F, 0.F}).reshape({1, 3});
  const at::Tensor wrong = at::tensor({0.F, 12.F, 0.F}).reshape({1, 3});
  const at::Tensor label = at::zeros({1}, at::kLong);
  page.Claim(at::cross_entropy_loss(wrong, label)
                 .equal(at::nll_loss(at::log_softmax(wrong, 1), label)),
             "cross-entropy is the likelihood loss of the log-softmax");
  for (const bool softmax_first : {false, true}) {
    const Result good = CrossEntropy(right, softmax_first);
    const Result bad = CrossEntropy(wrong, softmax_first);
    page.Line(absl::StrFormat("%s: right %.3f, wrong %.3f with gradient %.3f",
                              softmax_first ? "after a softmax" : "raw scores",
                              good.loss, bad.loss, bad.slope));
  }
  page.Claim(CrossEntropy(right, false).loss < 1e-4 &&
                 CrossEntropy(wrong, false).slope > 0.99,
             "of raw scores a right answer costs nothing, a wrong one is "
             "learned from");
  ShowTraps(right, wrong, page);
}

Made<Snippet> MakeRawScores(const snippet::RawScores&) {
  return SnippetOf(Show);
}

TOQUE_PLUGIN(MakeRawScores);

}  // namespace
}  // namespace toque
