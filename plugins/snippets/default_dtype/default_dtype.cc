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

// Prints and claims the type of `x`.
absl::Status Check(const at::Tensor& x, at::ScalarType type,
                   std::string_view what, std::ostream& out) {
  out << what << ": " << x.scalar_type() << "\n";
  return Claim(x.scalar_type() == type,
               absl::StrCat(View(what), " is ", at::toString(type)));
}

absl::Status Show(std::ostream& out) {
  const at::Tensor earlier = at::zeros({2});
  const DefaultDtypeScope scope(at::kDouble);
  RETURN_IF_ERROR(Check(earlier, at::kFloat, "made before", out));
  RETURN_IF_ERROR(Check(at::zeros({2}), at::kDouble, "made after", out));
  RETURN_IF_ERROR(Check(at::arange(4), at::kLong, "integers", out));
  RETURN_IF_ERROR(
      Check(at::arange(4).div(2), at::kDouble, "their quotient", out));

  // Trap: at::tensor has the type of the numbers in the source.
  RETURN_IF_ERROR(Check(at::tensor({0.5F}), at::kFloat, "tensor({0.5F})", out));

  const at::Tensor small = at::scalar_tensor(1e-8);
  const bool lost = small.to(at::kFloat).add(1).eq(1).item<bool>();
  const bool kept = small.add(1).gt(1).item<bool>();
  out << "1 + 1e-8 is more than 1: Float " << (lost ? "no" : "yes")
      << ", Double " << (kept ? "yes" : "no") << "\n";
  return Claim(lost && kept, "Double tells apart what Float rounds away");
}

Made<Snippet> MakeDefaultDtype(const snippet::DefaultDtype&) {
  return SnippetOf(Show);
}

TOQUE_PLUGIN(MakeDefaultDtype);

}  // namespace
}  // namespace toque
