#include "ATen/ops/ones.h"
#include "ATen/ops/tensor.h"
#include "ATen/ops/zeros.h"
#include "framework/core/snippet.h"
#include "framework/tensors/describe.h"
#include "plugins/snippets/item/item.pb.h"

namespace toque {
namespace {

void Show(Page& page) {
  const at::Tensor weight = at::ones({3}).set_requires_grad(true);
  const at::Tensor total = at::zeros({});
  for (int step = 0; step < 4; ++step) {
    const at::Tensor loss = weight.mul(step).sum();
    total.add_(loss.detach());
  }
  page.Line("sum of losses: ", total.item<float>(), ", read once");
  page.Claim(total.item<float>() == 0 + 3 + 6 + 9 && !total.requires_grad(),
             "a detached sum holds no graph");

  at::Tensor kept = at::zeros({});
  kept = kept.add(weight.mul(2).sum());
  page.Trap("without detach() each step's graph lives on in the sum",
            kept.requires_grad(), Describe(kept));
  page.Trap("two numbers are not one", [] { at::ones({2}).item<float>(); });
  page.Trap("nor is none", [] { at::ones({0}).item<float>(); });
  const auto cut = at::tensor({2.7}).item<int64_t>();
  page.Trap("read as an integer 2.7 is cut", cut == 2, absl::StrCat(cut));
  page.Trap("a number must fit the type that is asked for",
            [] { at::tensor({300}).item<uint8_t>(); });
}

Made<Snippet> MakeItem(const snippet::Item&) { return SnippetOf(Show); }

TOQUE_PLUGIN(MakeItem);

}  // namespace
}  // namespace toque
