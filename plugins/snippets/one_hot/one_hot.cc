#include "ATen/ops/one_hot.h"

#include "ATen/ops/tensor.h"
#include "ATen/ops/zeros.h"
#include "framework/core/snippet.h"
#include "framework/tensors/describe.h"
#include "plugins/snippets/one_hot/one_hot.pb.h"

namespace toque {
namespace {

void Show(Page& page) {
  const at::Tensor labels = at::tensor({0, 2, 1, 3}, at::kLong);
  const at::Tensor rows = at::one_hot(labels, /*num_classes=*/4);
  page.Line("labels: ", ValuesText(labels));
  page.Line("one-hot: ", Describe(rows), ", ", ValuesText(rows));
  page.Claim(rows.argmax(1).equal(labels), "argmax gives the labels back");

  // The same by hand, in a type of choice.
  const at::Tensor by_hand =
      at::zeros({4, 4}).scatter_(1, labels.unsqueeze(1), 1);
  page.Claim(by_hand.to(at::kLong).equal(rows),
             "zeros with ones scattered are the same");

  page.Claim(at::one_hot(at::tensor({0, 1}, at::kLong)).size(1) == 2,
             "without a number of classes it is the greatest label's plus one");
  page.Trap("a label has to be below the number of classes",
            [&] { at::one_hot(labels, 3); });
  page.Trap("an ignored label of -100 has no row", [] {
    at::one_hot(at::tensor({0, -100}, at::kLong), 4);
  });
  page.Trap("labels have to be int64",
            [&] { at::one_hot(labels.to(at::kFloat), 4); });
}

Made<Snippet> MakeOneHot(const snippet::OneHot&) { return SnippetOf(Show); }

TOQUE_PLUGIN(MakeOneHot);

}  // namespace
}  // namespace toque
