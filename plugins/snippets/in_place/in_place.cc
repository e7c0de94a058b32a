#include "ATen/ops/relu.h"
#include "ATen/ops/tensor.h"
#include "framework/core/snippet.h"
#include "plugins/snippets/in_place/in_place.pb.h"

namespace toque {
namespace {

void Show(Page& page) {
  const at::Tensor w = at::tensor({-1.F, 0.F, 2.F}).set_requires_grad(true);
  at::Tensor y = w.mul(3);
  const void* memory = y.const_data_ptr();
  y.relu_();
  y.sum().backward();
  page.Claim(y.const_data_ptr() == memory, "relu_ needs no memory of its own");
  page.Claim(y.equal(w.mul(3).relu()), "its result is that of relu");
  page.Claim(w.grad().equal(at::tensor({0.F, 0.F, 3.F})),
             "and so is its gradient");

  page.Trap("a parameter can't be written: gradients end up there",
            [&] { w.relu_(); });
  // exp needs its result in backward; mul by a number, above, does not.
  at::Tensor z = w.exp();
  z.relu_();
  page.Trap("what backward needs can't be written, which is noticed only there",
            [&] { z.sum().backward(); });
}

Made<Snippet> MakeInPlace(const snippet::InPlace&) { return SnippetOf(Show); }

TOQUE_PLUGIN(MakeInPlace);

}  // namespace
}  // namespace toque
