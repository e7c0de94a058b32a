#include "ATen/ops/ones.h"
#include "ATen/ops/zeros.h"
#include "absl/strings/str_cat.h"
#include "framework/core/snippet.h"
#include "framework/tensors/live_bytes.h"
#include "plugins/snippets/drop_temporaries/drop_temporaries.pb.h"

namespace toque {
namespace {

void Show(Page& page) {
  const LiveBytes live;
  const at::Tensor x = at::ones({512, 512}).set_requires_grad(true);
  page.Line("a tensor: ", live.kib(), " KiB");
  {
    const at::Tensor doubled = x.detach().mul(2);
    const at::Tensor shifted = doubled.add(1);
    page.Line("in a scope with two more: ", live.kib(), " KiB");
  }
  page.Claim(live.kib() == 1024, "the end of a scope frees its tensors");

  at::Tensor row = x.detach().mul(2)[0];
  page.Trap(
      "a view keeps the whole of what it looks at", live.kib() == 2048,
      absl::StrCat("with one row of another tensor: ", live.kib(), " KiB"));
  row = row.clone();
  page.Line("with a copy of that row: ", live.kib(), " KiB");
  row.reset();

  at::Tensor losses = at::zeros({});
  for (int step = 0; step < 3; ++step) losses = losses.add(x.exp().mean());
  page.Trap("a loss keeps the graph it comes from, and so its activations",
            live.kib() == 4096,
            absl::StrCat("with the sum of three losses: ", live.kib(), " KiB"));
  losses = losses.detach();
  page.Claim(live.kib() == 1024, "that sum, detached, keeps none");
}

Made<Snippet> MakeDropTemporaries(const snippet::DropTemporaries&) {
  return SnippetOf(Show);
}

TOQUE_PLUGIN(MakeDropTemporaries);

}  // namespace
}  // namespace toque
