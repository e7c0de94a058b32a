#include "ATen/ops/ones.h"
#include "framework/core/snippet.h"
#include "plugins/snippets/copy_semantics/copy_semantics.pb.h"

namespace toque {
namespace {

// Prints and claims what `copy` shares with `x`.
absl::Status Compare(const at::Tensor& x, const at::Tensor& copy,
                     std::string_view name, bool shares_memory, bool in_graph,
                     std::ostream& out) {
  out << name << ": " << (shares_memory ? "shared" : "new") << " memory, "
      << (in_graph ? "in" : "out of") << " the graph\n";
  RETURN_IF_ERROR(
      Claim((copy.const_data_ptr() == x.const_data_ptr()) == shares_memory,
            absl::StrCat(View(name), " shares memory or not")));
  return Claim(copy.requires_grad() == in_graph,
               absl::StrCat(View(name), " is in the graph or not"));
}

absl::Status Show(std::ostream& out) {
  const at::Tensor x = at::ones({3}).set_requires_grad(true);
  RETURN_IF_ERROR(Compare(x, x.clone(), "clone()", false, true, out));
  RETURN_IF_ERROR(Compare(x, x.detach(), "detach()", true, false, out));
  RETURN_IF_ERROR(
      Compare(x, x.detach().clone(), "detach().clone()", false, false, out));

  x.clone().mul(2).sum().backward();
  out << "gradient through clone(): " << x.grad()[0].item<float>() << "\n";
  RETURN_IF_ERROR(Claim(x.grad()[0].item<float>() == 2,
                        "gradients flow back through a clone"));

  // Trap: exp keeps its result for the backward pass, and writing to what
  // shares its memory is noticed only there.
  const at::Tensor y = x.exp();
  y.detach().zero_();
  const std::string fault = ErrorOf([&] { y.sum().backward(); });
  out << "backward after a write to detach(): " << fault << "\n";
  return Claim(!fault.empty(), "a write through detach breaks backward");
}

Made<Snippet> MakeCopySemantics(const snippet::CopySemantics&) {
  return SnippetOf(Show);
}

TOQUE_PLUGIN(MakeCopySemantics);

}  // namespace
}  // namespace toque
