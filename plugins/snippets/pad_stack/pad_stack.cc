#include "ATen/ops/arange.h"
#include "ATen/ops/ones.h"
#include "ATen/ops/stack.h"
#include "framework/core/snippet.h"
#include "framework/loader/collate.h"
#include "plugins/snippets/pad_stack/pad_stack.pb.h"

namespace toque {
namespace {

void Show(Page& page) {
  const std::vector<at::Tensor> sentences = {at::arange(1, 5), at::arange(1, 3),
                                             at::arange(1, 4)};
  page.Trap("stack wants equal lengths", [&] { at::stack(sentences); });

  const auto batch = PadStack(sentences, /*padding=*/0);
  page.Line("values: ", batch->values.sizes());
  for (int64_t i = 0; i < 3; ++i) {
    const at::Tensor row = batch->values[i];
    page.Line(row[0].item<int64_t>(), " ", row[1].item<int64_t>(), " ",
              row[2].item<int64_t>(), " ", row[3].item<int64_t>(), ", length ",
              batch->lengths[i].item<int64_t>());
  }

  // 1 where there is a word.
  const at::Tensor mask =
      at::arange(4).lt(batch->lengths.unsqueeze(1)).to(at::kLong);
  page.Claim(mask.sum(1).equal(batch->lengths),
             "the lengths tell words from padding");
  const at::Tensor values = batch->values.to(at::kFloat);
  page.Trap("a mean over padding is too small",
            values[1].mean().item<float>() == 0.75f,
            "0.75 for the words 1 and 2; by its length it is 1.5");
  page.Line("of [2] and [2, 3]: ",
            PadStack({at::ones({2}), at::ones({2, 3})}).status().message());
}

Made<Snippet> MakePadStack(const snippet::PadStack&) { return SnippetOf(Show); }

TOQUE_PLUGIN(MakePadStack);

}  // namespace
}  // namespace toque
