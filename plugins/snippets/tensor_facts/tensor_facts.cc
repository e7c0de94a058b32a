#include "ATen/ops/randn.h"
#include "framework/core/dtype.h"
#include "framework/core/snippet.h"
#include "framework/tensors/describe.h"
#include "plugins/snippets/tensor_facts/tensor_facts.pb.h"

namespace toque {
namespace {

void Show(Page& page) {
  const at::Tensor x = at::randn({3, 4, 5});
  page.Line("x: ", Describe(x));
  page.Line("type: ", DTypeName(x.scalar_type()), ", shape: ", x.sizes(),
            ", dimensions: ", x.dim());
  page.Line("elements: ", x.numel(), ", bytes: ", x.nbytes(),
            ", strides: ", x.strides());
  page.Line("x.transpose(0, 2): ", Describe(x.transpose(0, 2)));
  page.Line("x.sum(): ", Describe(x.sum()));
  page.Claim(x.size(0) == 3 && x.size(-1) == 5,
             "negative axes count from the last");
  page.Claim(x.sum().dim() == 0 && x.sum().numel() == 1,
             "a scalar has no axes and one element");
  page.Claim(x.transpose(0, 2).const_data_ptr() == x.const_data_ptr(),
             "a transpose has other strides over the same memory");

  page.Trap("there are three axes, 0 to 2", [&] { x.size(3); });
  const at::Tensor none;
  page.Trap("a tensor that nothing was assigned to is undefined, not empty",
            !none.defined(), Describe(none));
  page.Trap("and has no facts", [&] { none.sum(); });
}

Made<Snippet> MakeTensorFacts(const snippet::TensorFacts&) {
  return SnippetOf(Show);
}

TOQUE_PLUGIN(MakeTensorFacts);

}  // namespace
}  // namespace toque
