#include "ATen/ops/arange.h"
#include "framework/core/snippet.h"
#include "framework/tensors/describe.h"
#include "plugins/snippets/reshape/reshape.pb.h"

namespace toque {
namespace {

void Show(Page& page) {
  const at::Tensor x = at::arange(24).reshape({2, 3, 4});
  page.Line("x.reshape({6, 4}): ", Describe(x.reshape({6, 4})));
  page.Line("x.reshape({2, -1}): ", Describe(x.reshape({2, -1})),
            ", -1 is what is left");
  page.Claim(x.reshape({6, 4}).const_data_ptr() == x.const_data_ptr() &&
                 x.view({6, 4}).const_data_ptr() == x.const_data_ptr(),
             "of a contiguous tensor both share its memory");

  const at::Tensor turned = x.permute({1, 0, 2});
  page.Line("x.permute({1, 0, 2}): ", Describe(turned));
  at::Tensor flat = turned.reshape({6, 4});
  page.Claim(flat.const_data_ptr() != x.const_data_ptr(),
             "reshape copies where it must");
  page.Trap("where view is an error", [&] { turned.view({6, 4}); });
  flat.zero_();
  page.Trap("a write to the copy doesn't reach x",
            x.sum().item<int64_t>() == 276,
            absl::StrCat("the sum of x is still ", x.sum().item<int64_t>()));

  const at::Tensor rows = at::arange(6).reshape({2, 3});
  page.Trap(
      "reshape moves no axes: {3, 2} of a 2 x 3 matrix is not its transpose",
      !rows.reshape({3, 2}).equal(rows.t()),
      absl::StrCat(ValuesText(rows.reshape({3, 2})), ", transposed ",
                   ValuesText(rows.t())));
  page.Trap("elements don't come or go", [&] { rows.reshape({4}); });
  page.Trap("one size can be left open", [&] { rows.reshape({-1, -1}); });
}

Made<Snippet> MakeReshape(const snippet::Reshape&) { return SnippetOf(Show); }

TOQUE_PLUGIN(MakeReshape);

}  // namespace
}  // namespace toque
