#include "ATen/ops/full.h"
#include "ATen/ops/tensor.h"
#include "ATen/ops/zeros.h"
#include "framework/core/dtype.h"
#include "framework/core/snippet.h"
#include "framework/tensors/describe.h"
#include "plugins/snippets/tensor_types/tensor_types.pb.h"

namespace toque {
namespace {

void Show(Page& page) {
  bool both_ways = true;
  for (const char* name : {"float32", "float64", "float16", "bfloat16", "uint8",
                           "int8", "int16", "int32", "int64", "bool"}) {
    const at::ScalarType type = ParseDType(name).value();
    const at::Tensor x = at::zeros({2}, type);
    page.Line(name, ": ", x.element_size(),
              x.element_size() == 1 ? " byte" : " bytes", ", at::k",
              c10::toString(type));
    both_ways = both_ways && DTypeName(type) == name;
  }
  page.Claim(both_ways, "each name gives a type, and the type its name");

  page.Trap("a name of no type is an error", ParseDType("flaot32").status());
  const at::Tensor whole = at::tensor({1, 2});
  page.Trap("at::tensor({1, 2}) has C++'s int; Python's is int64",
            whole.scalar_type() == at::kInt, DTypeName(whole.scalar_type()));
  const at::Tensor half = at::tensor({0.5});
  page.Trap("at::tensor({0.5}) has C++'s double; Python's is float32",
            half.scalar_type() == at::kDouble, DTypeName(half.scalar_type()));
  const at::Tensor levels = at::full({2}, 200, at::kByte);
  page.Trap("uint8 holds 0 to 255, and 200 + 100 begins again at 0",
            levels.add(100).equal(at::full({2}, 44, at::kByte)),
            ValuesText(levels.add(100)));
  page.Trap("integers have no mean", [&] { levels.mean(); });
  page.Trap("integers have no gradient",
            [&] { levels.clone().set_requires_grad(true); });
}

Made<Snippet> MakeTensorTypes(const snippet::TensorTypes&) {
  return SnippetOf(Show);
}

TOQUE_PLUGIN(MakeTensorTypes);

}  // namespace
}  // namespace toque
