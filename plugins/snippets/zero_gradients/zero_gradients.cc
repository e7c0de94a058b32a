#include "ATen/ops/scalar_tensor.h"
#include "ATen/ops/tensor.h"
#include "framework/core/snippet.h"
#include "plugins/snippets/zero_gradients/zero_gradients.pb.h"

namespace toque {
namespace {

// A model of two weights, of which the optimizer was given the head alone.
struct Net {
  at::Tensor body = at::scalar_tensor(2).set_requires_grad(true);
  at::Tensor head = at::scalar_tensor(5).set_requires_grad(true);

  void Backward(const at::Tensor& x, double share = 1) const {
    x.mul(body).mul(head).mean().mul(share).backward();
  }
  // Undefined, not 0: momentum and decay would move a parameter all the same.
  void ClearOptimizers() const { head.mutable_grad().reset(); }
  void ClearAll() const {
    body.mutable_grad().reset();
    head.mutable_grad().reset();
  }
  bool GradientsAre(float of_body, float of_head) const {
    return body.grad().item<float>() == of_body &&
           head.grad().item<float>() == of_head;
  }
};

void Show(Page& page) {
  const Net net;
  const at::Tensor x = at::tensor({1.F, 3.F});
  const auto print = [&](std::string_view when) {
    page.Line(when, ": body ", net.body.grad().item<float>(), ", head ",
              net.head.grad().item<float>());
  };
  net.Backward(x);
  print("backward");
  page.Claim(net.GradientsAre(10, 4), "the first gradients are right");

  net.Backward(x);
  print("once more");
  page.Trap("gradients add up", net.GradientsAre(20, 8), "twice as large");
  net.ClearOptimizers();
  net.Backward(x);
  print("after clearing the optimizer's");
  page.Trap("what the optimizer doesn't have goes on adding up",
            net.GradientsAre(30, 4), "the body's is three times as large");
  net.ClearAll();
  net.Backward(x);
  print("after clearing the model's");
  page.Claim(net.GradientsAre(10, 4), "all of the model's are right again");

  // On purpose: small batches that make up a large one, each by its share.
  net.ClearAll();
  net.Backward(x[0], 0.5);
  net.Backward(x[1], 0.5);
  print("two halves of the batch");
  page.Claim(net.GradientsAre(10, 4), "halves add up to the whole");
}

Made<Snippet> MakeZeroGradients(const snippet::ZeroGradients&) {
  return SnippetOf(Show);
}

TOQUE_PLUGIN(MakeZeroGradients);

}  // namespace
}  // namespace toque
