#include "ATen/ops/scalar_tensor.h"
#include "ATen/ops/tensor.h"
#include "framework/core/snippet.h"
#include "framework/tensors/describe.h"
#include "plugins/snippets/non_zero/non_zero.pb.h"

namespace toque {
namespace {

void Show(Page& page) {
  const at::Tensor x = at::tensor({0., 3., 5., 0., 0., 7.}).reshape({3, 2});
  // A row for each hit, a column for each axis. On a GPU each nonzero() waits
  // for the count, once: it is the size of the result.
  const at::Tensor hits = x.nonzero();
  const at::Tensor zeros = x.eq(0).nonzero();
  page.Line("not zero: ", hits.size(0), " at ", ValuesText(hits));
  page.Line("zero: ", zeros.size(0), " at ", ValuesText(zeros));
  page.Claim(hits.scalar_type() == at::kLong && hits.size(1) == 2,
             "indices are int64, a column for each axis");
  page.Claim(hits.size(0) == x.count_nonzero().item<int64_t>() &&
                 hits.size(0) + zeros.size(0) == x.numel(),
             "every element is counted once");

  const at::Tensor scalar = at::scalar_tensor(3).nonzero();
  page.Trap("a tensor without axes has no columns; the rows still count",
            scalar.sizes() == at::IntArrayRef({1, 0}),
            absl::StrCat("the indices in a scalar of 3: ", Describe(scalar)));
}

Made<Snippet> MakeNonZero(const snippet::NonZero&) { return SnippetOf(Show); }

TOQUE_PLUGIN(MakeNonZero);

}  // namespace
}  // namespace toque
