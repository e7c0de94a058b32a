#include "ATen/ops/arange.h"
#include "ATen/ops/scalar_tensor.h"
#include "ATen/ops/tensor.h"
#include "ATen/ops/zeros.h"
#include "c10/core/DefaultDtype.h"
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
  const auto check = [&](std::string_view what, const at::Tensor& x,
                         at::ScalarType type) {
    page.Line(what, ": ", x.scalar_type());
    return x.scalar_type() == type;
  };
  page.Claim(check("made before", earlier, at::kFloat) &&
                 check("made after", at::zeros({2}), at::kDouble),
             "what is made from now on has the default type");
  page.Claim(check("integers", at::arange(4), at::kLong) &&
                 check("their quotient", at::arange(4).div(2), at::kDouble),
             "integers stay, and their quotients have it");

  const at::Tensor small = at::scalar_tensor(1e-8);
  page.Claim(small.add(1).gt(1).item<bool>(), "1 + 1e-8 is more than 1");
  page.Trap("in Float it is not",
            small.to(at::kFloat).add(1).eq(1).item<bool>(), "1 + 1e-8 is 1");
  page.Trap("at::tensor has the type of the numbers in the source",
            at::tensor({0.5F}).scalar_type() == at::kFloat,
            "at::tensor({0.5F}) is Float all the same");
}

Made<Snippet> MakeDefaultDtype(const snippet::DefaultDtype&) {
  return SnippetOf(Show);
}

TOQUE_PLUGIN(MakeDefaultDtype);

}  // namespace
}  // namespace toque
