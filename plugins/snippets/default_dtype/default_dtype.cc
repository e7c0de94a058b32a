#include "ATen/ops/arange.h"
#include "ATen/ops/scalar_tensor.h"
#include "ATen/ops/tensor.h"
#include "ATen/ops/zeros.h"
#include "c10/core/DefaultDtype.h"
#include "framework/core/dtype.h"
#include "framework/core/snippet.h"
#include "plugins/snippets/default_dtype/default_dtype.pb.h"

namespace toque {
namespace {

// A default type while it lives; what was before, afterwards.
class DefaultDtypeScope {
 public:
  explicit DefaultDtypeScope(at::ScalarType type)
      : before_(c10::get_default_dtype()) {
    c10::set_default_dtype(c10::scalarTypeToTypeMeta(type));
  }
  ~DefaultDtypeScope() { c10::set_default_dtype(before_); }
  DefaultDtypeScope(const DefaultDtypeScope&) = delete;
  DefaultDtypeScope& operator=(const DefaultDtypeScope&) = delete;

 private:
  const caffe2::TypeMeta before_;
};

void Show(Page& page) {
  const at::Tensor earlier = at::zeros({2});
  const DefaultDtypeScope scope(at::kDouble);
  const at::Tensor later = at::zeros({2});
  page.Line("made before: ", DTypeName(earlier.scalar_type()));
  page.Line("made after: ", DTypeName(later.scalar_type()));
  page.Claim(
      earlier.scalar_type() == at::kFloat && later.scalar_type() == at::kDouble,
      "what is made from now on has the default type");
  const at::Tensor integers = at::arange(4);
  const at::Tensor halves = integers.div(2);
  page.Line("integers: ", DTypeName(integers.scalar_type()));
  page.Line("their halves: ", DTypeName(halves.scalar_type()));
  page.Claim(integers.scalar_type() == at::kLong &&
                 halves.scalar_type() == at::kDouble,
             "integers stay, and their quotients have it");

  const at::Tensor small = at::scalar_tensor(1e-8);
  page.Claim(small.add(1).gt(1).item<bool>(), "1 + 1e-8 is more than 1");
  const at::Tensor sum = small.to(at::kFloat).add(1);
  page.Trap("in float32 it is not", sum.eq(1).item<bool>(),
            absl::StrCat("1 + 1e-8 - 1 is ", sum.sub(1).item<float>()));
  const at::Tensor written = at::tensor({0.5F});
  page.Trap("at::tensor({0.5F}) has the type of the number in the source",
            written.scalar_type() == at::kFloat,
            DTypeName(written.scalar_type()));
}

Made<Snippet> MakeDefaultDtype(const snippet::DefaultDtype&) {
  return SnippetOf(Show);
}

TOQUE_PLUGIN(MakeDefaultDtype);

}  // namespace
}  // namespace toque
