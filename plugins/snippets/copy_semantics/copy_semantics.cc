#include "ATen/ops/ones.h"
#include "framework/core/snippet.h"
#include "framework/tensors/describe.h"
#include "plugins/snippets/copy_semantics/copy_semantics.pb.h"

namespace toque {
namespace {

bool Shares(const at::Tensor& a, const at::Tensor& b) {
  return a.const_data_ptr() == b.const_data_ptr();
}

std::string Relation(const at::Tensor& copy, const at::Tensor& x) {
  return absl::StrCat(Shares(copy, x) ? "shared" : "new", " memory, ",
                      copy.requires_grad() ? "in" : "out of", " the graph");
}

void Show(Page& page) {
  const at::Tensor x = at::ones({3}).set_requires_grad(true);
  const at::Tensor cloned = x.clone();
  const at::Tensor detached = x.detach();
  const at::Tensor copied = x.detach().clone();
  page.Line("clone(): ", Relation(cloned, x));
  page.Line("detach(): ", Relation(detached, x));
  page.Line("detach().clone(): ", Relation(copied, x));
  page.Claim(!Shares(cloned, x) && cloned.requires_grad(),
             "a clone has its own memory, in the graph");
  page.Claim(Shares(detached, x) && !detached.requires_grad(),
             "a detached tensor shares it, out of the graph");
  page.Claim(!Shares(copied, x) && !copied.requires_grad(),
             "both together make a plain copy");

  x.clone().mul(2).sum().backward();
  page.Line("gradient through clone(): ", x.grad()[0].item<float>());
  page.Claim(x.grad()[0].item<float>() == 2,
             "gradients flow back through a clone");

  const at::Tensor plain = at::ones({3});
  const at::Tensor alias = plain;
  alias.zero_();
  page.Trap("a tensor is a handle: a write to `alias = plain` is one to plain",
            plain.eq(0).all().item<bool>(), ValuesText(plain));
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
