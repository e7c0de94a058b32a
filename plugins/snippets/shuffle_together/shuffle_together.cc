#include <vector>

#include "ATen/ops/arange.h"
#include "ATen/ops/index_select.h"
#include "ATen/ops/zeros.h"
#include "framework/core/rng.h"
#include "framework/core/snippet.h"
#include "framework/tensors/describe.h"
#include "framework/tensors/shuffle.h"
#include "plugins/snippets/shuffle_together/shuffle_together.pb.h"

namespace toque {
namespace {

void Show(Page& page) {
  const at::Tensor labels = at::arange(5);
  const at::Tensor inputs =
      at::arange(10).reshape({5, 2});  // 2 * label is first
  Rng rng(/*seed=*/1);
  const std::vector<at::Tensor> shuffled =
      ShuffleTogether({inputs, labels}, rng).value();
  page.Line("inputs: ", ValuesText(shuffled[0]));
  page.Line("labels: ", ValuesText(shuffled[1]));
  page.Claim(shuffled[0].select(1, 0).equal(shuffled[1].mul(2)),
             "each input keeps its label");
  page.Claim(std::get<0>(shuffled[1].sort()).equal(labels),
             "each example is there once");

  // The same by hand: one permutation for both.
  const at::Tensor order = Rng(1).Permutation(5, at::kCPU);
  page.Claim(inputs.index_select(0, order).equal(shuffled[0]) &&
                 labels.index_select(0, order).equal(shuffled[1]),
             "the order is a function of the seed");

  const at::Tensor other = Rng(2).Permutation(5, at::kCPU);
  page.Trap("a second permutation parts them",
            !inputs.index_select(0, order).select(1, 0).equal(
                labels.index_select(0, other).mul(2)),
            absl::StrCat("labels ", ValuesText(labels.index_select(0, other))));
  page.Trap("there must be a label for each input",
            ShuffleTogether({inputs, at::zeros({4})}, rng).status());
}

Made<Snippet> MakeShuffleTogether(const snippet::ShuffleTogether&) {
  return SnippetOf(Show);
}

TOQUE_PLUGIN(MakeShuffleTogether);

}  // namespace
}  // namespace toque
