#include "ATen/ops/arange.h"
#include "ATen/ops/index_select.h"
#include "framework/core/snippet.h"
#include "framework/tensors/describe.h"
#include "plugins/snippets/flip/flip.pb.h"

namespace toque {
namespace {

void Show(Page& page) {
  const at::Tensor x = at::arange(8).reshape({1, 1, 2, 4});
  const at::Tensor mirrored = x.flip({3});
  page.Line("x: ", ValuesText(x));
  page.Line("x.flip({3}): ", ValuesText(mirrored));

  // By an index of the last axis: 3, 2, 1, 0.
  const at::Tensor backwards = at::arange(x.size(3) - 1, -1, -1);
  page.Claim(x.index_select(3, backwards).equal(mirrored),
             "an index that runs backwards gives the same");
  page.Claim(mirrored.flip({3}).equal(x), "twice is as before");
  page.Claim(mirrored.const_data_ptr() != x.const_data_ptr(), "it is a copy");

  page.Trap("a slice doesn't run backwards", [&] { x.slice(3, 3, 0, -1); });
  page.Trap("a picture without batch has no axis 3; -1 is the last of any",
            [&] { x[0].flip({3}); });
  page.Trap("axis 2 is the height: upside down", !x.flip({2}).equal(mirrored),
            ValuesText(x.flip({2})));
}

Made<Snippet> MakeFlip(const snippet::Flip&) { return SnippetOf(Show); }

TOQUE_PLUGIN(MakeFlip);

}  // namespace
}  // namespace toque
