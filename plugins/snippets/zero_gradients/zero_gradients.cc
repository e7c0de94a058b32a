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
};

// Prints and claims the gradients.
absl::Status Check(const Net& net, float body, float head,
                   std::string_view what, std::ostream& out) {
  out << what << ": body " << net.body.grad().item<float>() << ", head "
      << net.head.grad().item<float>() << "\n";
  return Claim(net.body.grad().item<float>() == body &&
                   net.head.grad().item<float>() == head,
               absl::StrCat("gradients ", body, " and ", head));
}

absl::Status Show(std::ostream& out) {
  const Net net;
  const at::Tensor x = at::tensor({1.F, 3.F});
  net.Backward(x);
  RETURN_IF_ERROR(Check(net, 10, 4, "backward", out));
  net.Backward(x);
  RETURN_IF_ERROR(Check(net, 20, 8, "once more", out));

  // Trap: what the optimizer doesn't have goes on adding up.
  net.ClearOptimizers();
  net.Backward(x);
  RETURN_IF_ERROR(Check(net, 30, 4, "after clearing the optimizer's", out));
  net.ClearAll();
  net.Backward(x);
  RETURN_IF_ERROR(Check(net, 10, 4, "after clearing the model's", out));

  // On purpose: small batches that make up a large one, each by its share.
  net.ClearAll();
  net.Backward(x[0], 0.5);
  net.Backward(x[1], 0.5);
  return Check(net, 10, 4, "two halves of the batch", out);
}

Made<Snippet> MakeZeroGradients(const snippet::ZeroGradients&) {
  return SnippetOf(Show);
}

TOQUE_PLUGIN(MakeZeroGradients);

}  // namespace
}  // namespace toque
