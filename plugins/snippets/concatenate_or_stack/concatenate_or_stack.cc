#include "ATen/ops/arange.h"
#include "ATen/ops/cat.h"
#include "ATen/ops/pad_sequence.h"
#include "ATen/ops/stack.h"
#include "ATen/ops/zeros.h"
#include "framework/core/snippet.h"
#include "plugins/snippets/concatenate_or_stack/concatenate_or_stack.pb.h"

namespace toque {
namespace {

void Show(Page& page) {
  const at::Tensor x = at::arange(50).reshape({10, 5});
  page.Line("x: ", x.sizes());
  page.Line("cat: ", at::cat({x, x, x}).sizes(), ", along axis 1 ",
            at::cat({x, x, x}, 1).sizes());
  page.Line("stack: ", at::stack({x, x, x}).sizes(), ", as the last axis ",
            at::stack({x, x, x}, -1).sizes());
  page.Claim(at::stack({x, x, x}).flatten(0, 1).equal(at::cat({x, x, x})),
             "stack is cat with an axis to tell apart by");

  // Sequences of different lengths are made equally long first.
  const at::Tensor shorter = at::zeros({9, 5}, at::kLong);
  const at::Tensor padded =
      at::pad_sequence({x, shorter}, /*batch_first=*/true, -1);
  page.Line("padded and stacked: ", padded.sizes());
  page.Claim(padded[0].equal(x) && padded[1][9].eq(-1).all().item<bool>(),
             "what is missing at the end is filled with -1");

  const at::Tensor narrow = at::zeros({10, 4}, at::kLong);
  page.Trap("cat wants all other axes equal, and doesn't broadcast", [&] {
    at::cat({x, narrow});
  });
  page.Trap("stack wants all axes equal", [&] { at::stack({x, shorter}); });
}

Made<Snippet> MakeConcatenateOrStack(const snippet::ConcatenateOrStack&) {
  return SnippetOf(Show);
}

TOQUE_PLUGIN(MakeConcatenateOrStack);

}  // namespace
}  // namespace toque
