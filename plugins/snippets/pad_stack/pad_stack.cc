#include "ATen/ops/arange.h"
#include "ATen/ops/ones.h"
#include "ATen/ops/stack.h"
#include "framework/core/snippet.h"
#include "framework/tensors/collate.h"
#include "framework/tensors/describe.h"
#include "plugins/snippets/pad_stack/pad_stack.pb.h"

namespace toque {
namespace {

void Show(Page& page) {
  const std::vector<at::Tensor> sentences = {at::arange(1, 5), at::arange(1, 3),
                                             at::arange(1, 4)};
  page.Trap("stack wants equal lengths", [&] { at::stack(sentences); });

  const PaddedBatch batch = PadStack(sentences, /*padding=*/0).value();
  page.Line("values: ", Describe(batch.values), ", ", ValuesText(batch.values));
  page.Line("lengths: ", ValuesText(batch.lengths));

  // 1 where there is a word.
  const at::Tensor mask =
      at::arange(4).lt(batch.lengths.unsqueeze(1)).to(at::kLong);
  page.Claim(mask.sum(1).equal(batch.lengths),
             "the lengths tell words from padding");
  const at::Tensor words = batch.values[1].to(at::kFloat);  // 1 2 0 0
  const auto padded = words.mean().item<float>();
  const auto mean = words.sum().div(batch.lengths[1]).item<float>();
  page.Trap("a mean over padding is too small", padded == 0.75F && mean == 1.5F,
            absl::StrCat(padded, " for the words 1 and 2; by its length it is ",
                         mean));
  page.Trap("the other axes must be equal",
            PadStack({at::ones({2}), at::ones({2, 3})}).status());
}

Made<Snippet> MakePadStack(const snippet::PadStack&) { return SnippetOf(Show); }

TOQUE_PLUGIN(MakePadStack);

}  // namespace
}  // namespace toque
