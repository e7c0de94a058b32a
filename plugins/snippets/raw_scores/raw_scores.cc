#include "ATen/ops/cross_entropy_loss.h"
#include "ATen/ops/log_softmax.h"
#include "ATen/ops/nll_loss.h"
#include "ATen/ops/randn.h"
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

// Of scores [1, classes] and class 0, with a softmax before it or not.
Result CrossEntropy(const at::Tensor& scores, bool softmax) {
  const at::Tensor x = scores.clone().set_requires_grad(true);
  const at::Tensor loss = at::cross_entropy_loss(softmax ? x.softmax(1) : x,
                                                 at::zeros({1}, at::kLong));
  loss.backward();
  return {loss.item<float>(), x.grad().abs().max().item<float>()};
}

absl::Status Show(std::ostream& out) {
  const at::Tensor scores = at::randn({8, 3});
  const at::Tensor labels = at::zeros({8}, at::kLong);
  const at::Tensor in_two_steps =
      at::nll_loss(at::log_softmax(scores, 1), labels);
  RETURN_IF_ERROR(
      Claim(at::cross_entropy_loss(scores, labels).equal(in_two_steps),
            "cross-entropy is the likelihood loss of the log-softmax"));

  // Trap: after a softmax the loss can't become 0, and an example that is wrong
  // for sure, which should be learned most, has next to no gradient.
  const at::Tensor right = at::tensor({12.F, 0.F, 0.F}).reshape({1, 3});
  const at::Tensor wrong = at::tensor({0.F, 12.F, 0.F}).reshape({1, 3});
  for (const bool softmax : {false, true}) {
    const Result good = CrossEntropy(right, softmax);
    const Result bad = CrossEntropy(wrong, softmax);
    out << absl::StreamFormat("%s: right %.3f, wrong %.3f with gradient %.3f\n",
                              softmax ? "after a softmax" : "raw scores",
                              good.loss, bad.loss, bad.slope);
  }
  RETURN_IF_ERROR(Claim(CrossEntropy(right, false).loss < 1e-4 &&
                            CrossEntropy(right, true).loss > 0.5,
                        "a softmax puts a floor under the loss"));
  return Claim(CrossEntropy(wrong, false).slope > 0.99 &&
                   CrossEntropy(wrong, true).slope < 1e-4,
               "a softmax takes the gradient from wrong answers");
}

Made<Snippet> MakeRawScores(const snippet::RawScores&) {
  return SnippetOf(Show);
}

TOQUE_PLUGIN(MakeRawScores);

}  // namespace
}  // namespace toque
