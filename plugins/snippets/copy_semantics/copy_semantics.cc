#include "ATen/ops/ones.h"
#include "framework/core/snippet.h"
#include "plugins/snippets/copy_semantics/copy_semantics.pb.h"

namespace toque {
namespace {

void Show(Page& page) {
  const at::Tensor x = at::ones({3}).set_requires_grad(true);
  const auto describe = [&](std::string_view name, const at::Tensor& copy) {
    const bool shares = copy.const_data_ptr() == x.const_data_ptr();
    page.Line(name, ": ", shares ? "shared" : "new", " memory, ",
              copy.requires_grad() ? "in" : "out of", " the graph");
    return shares;
  };
  page.Claim(!describe("clone()", x.clone()), "a clone has its own memory");
  page.Claim(describe("detach()", x.detach()), "a detached tensor shares it");
  page.Claim(!describe("detach().clone()", x.detach().clone()),
             "both together make a plain copy");

  x.clone().mul(2).sum().backward();
  page.Line("gradient through clone(): ", x.grad()[0].item<float>());
  page.Claim(x.grad()[0].item<float>() == 2,
             "gradients flow back through a clone");

  const at::Tensor alias = x;
  page.Trap("a tensor is a handle: `alias = x` copies nothing",
            alias.is_same(x), "alias and x are the same tensor");
  // exp keeps its result for the backward pass.
  const at::Tensor y = x.exp();
  y.detach().zero_();
  page.Trap("a write through detach() is noticed only in backward",
            [&] { y.sum().backward(); });
}

Made<Snippet> MakeCopySemantics(const snippet::CopySemantics&) {
  return SnippetOf(Show);
}

TOQUE_PLUGIN(MakeCopySemantics);

}  // namespace
}  // namespace toque
