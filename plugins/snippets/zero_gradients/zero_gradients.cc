#include "ATen/core/grad_mode.h"
#include "ATen/ops/tensor.h"
#include "absl/strings/str_cat.h"
#include "framework/core/snippet.h"
#include "framework/layers/layers.h"
#include "plugins/snippets/zero_gradients/zero_gradients.pb.h"
#include "torch/optim/sgd.h"

namespace toque {
namespace {

// Two weights, of which an optimizer may have the head's alone: the output is
// x * body * head.
struct TwoLayers {
  TwoLayers() {
    const at::NoGradGuard no_gradients;
    body->parameters()[0].fill_(2);
    head->parameters()[0].fill_(5);
  }
  void Backward(const at::Tensor& x, double share = 1) const {
    (*net)(x).mean().mul(share).backward();
  }
  float BodyGradient() const {
    return body->parameters()[0].grad().item<float>();
  }
  float HeadGradient() const {
    return head->parameters()[0].grad().item<float>();
  }
  bool GradientsAre(float of_body, float of_head) const {
    return BodyGradient() == of_body && HeadGradient() == of_head;
  }

  Layer body = Linear(1, 1, Bias::kNo);
  Layer head = Linear(1, 1, Bias::kNo);
  Layer net = Sequential(body, head);
};

void ShowAddingUp(Page& page) {
  const TwoLayers model;
  torch::optim::SGD optimizer(model.head->parameters(), /*lr=*/1);
  const at::Tensor x = at::tensor({1.F, 3.F}).view({2, 1});
  const auto shown = [&] {
    return absl::StrCat("body ", model.BodyGradient(), ", head ",
                        model.HeadGradient());
  };
  model.Backward(x);
  page.Line("backward: ", shown());
  model.Backward(x);
  page.Trap("a second backward adds", model.GradientsAre(20, 8), shown());
  optimizer.zero_grad();
  model.Backward(x);
  page.Trap("what the optimizer doesn't have goes on adding up",
            model.GradientsAre(30, 4), shown());
  model.net->zero_grad();
  model.Backward(x);
  page.Line("after the model's zero_grad: ", shown());
  page.Claim(model.GradientsAre(10, 4), "all are as at first");

  // On purpose: small batches that make up a large one, each by its share.
  model.net->zero_grad();
  model.Backward(x[0], 0.5);
  model.Backward(x[1], 0.5);
  page.Line("two halves of the batch: ", shown());
  page.Claim(model.GradientsAre(10, 4), "halves add up to the whole");
}

// The head's weight, 5 at first, after a step on a cleared gradient.
float AfterEmptyStep(bool set_to_none) {
  const TwoLayers model;
  torch::optim::SGD optimizer(
      model.head->parameters(),
      torch::optim::SGDOptions(/*lr=*/1).weight_decay(0.5));
  model.Backward(at::tensor({1.F}));
  optimizer.zero_grad(set_to_none);
  optimizer.step();
  return model.head->parameters()[0].item<float>();
}

void Show(Page& page) {
  ShowAddingUp(page);
  const float left = AfterEmptyStep(/*set_to_none=*/true);
  page.Line("a step without gradient: the head is ", left);
  page.Claim(left == 5, "an undefined gradient leaves a weight alone");
  const float moved = AfterEmptyStep(/*set_to_none=*/false);
  page.Trap("weight decay moves what has a gradient of 0", moved == 2.5,
            absl::StrCat("the head is ", moved));
}

Made<Snippet> MakeZeroGradients(const snippet::ZeroGradients&) {
  return SnippetOf(Show);
}

TOQUE_PLUGIN(MakeZeroGradients);

}  // namespace
}  // namespace toque
