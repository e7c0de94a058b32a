#include "ATen/ops/arange.h"
#include "ATen/ops/cat.h"
#include "ATen/ops/stack.h"
#include "ATen/ops/zeros.h"
#include "framework/core/snippet.h"
#include "framework/tensors/collate.h"
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

  const at::Tensor narrow = at::zeros({10, 4}, at::kLong);
  const at::Tensor shorter = at::zeros({9, 5}, at::kLong);
  page.Trap("cat wants all other axes equal, and doesn't broadcast", [&] {
    at::cat({x, narrow});
  });
  page.Trap("stack wants all axes equal", [&] { at::stack({x, shorter}); });

  // Ours for the examples of a batch: an error is a status.
  page.Claim(Cat({x, shorter}).value().equal(at::cat({x, shorter})) &&
                 Stack({x, x}).value().equal(at::stack({x, x})),
             "Cat and Stack give the same");
  page.Trap("Cat's error names the example", Cat({x, x, narrow}).status());
  page.Trap("as does Stack's", Stack({x, shorter}).status());
  page.Trap("examples of two types are an error",
            Cat({x, x.to(at::kDouble)}).status());
}

Made<Snippet> MakeConcatenateOrStack(const snippet::ConcatenateOrStack&) {
  return SnippetOf(Show);
}

TOQUE_PLUGIN(MakeConcatenateOrStack);

}  // namespace
}  // namespace toque
