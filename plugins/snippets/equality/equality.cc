#include <limits>

#include "ATen/ops/allclose.h"
#include "ATen/ops/ones.h"
#include "ATen/ops/tensor.h"
#include "framework/core/snippet.h"
#include "plugins/snippets/equality/equality.pb.h"

namespace toque {
namespace {

const char* YesOrNo(bool yes) { return yes ? "yes" : "no"; }

void Show(Page& page) {
  const at::Tensor third = at::tensor({1.0, 1.0}).div(3);
  const at::Tensor rounded = third.to(at::kFloat).to(at::kDouble);
  page.Line(
      "1/3 in float32 and float64, equal: ", YesOrNo(rounded.equal(third)),
      ", close: ", YesOrNo(at::allclose(rounded, third)));
  const at::Tensor low = at::tensor({1000.0});
  const at::Tensor high = at::tensor({1000.0100001});
  page.Claim(at::allclose(low, high) && !at::allclose(high, low),
             "close is within 1e-5 of the second: the order may count");
  const at::Tensor zero = at::tensor({0.0});
  page.Claim(at::allclose(at::tensor({0.9e-8}), zero) &&
                 !at::allclose(at::tensor({1.1e-8}), zero),
             "beside 0 it is within 1e-8");

  const at::Tensor counts = at::tensor({3, 1, 2});
  page.Claim(counts.equal(at::tensor({3, 1, 2})) &&
                 !counts.equal(at::tensor({3, 1, 3})),
             "integers are equal or not");
  const bool of_types = counts.equal(counts.to(at::kDouble));
  page.Trap("equal doesn't look at types", of_types,
            absl::StrCat("3 and 3.0 are equal: ", YesOrNo(of_types)));

  const at::Tensor nan = at::tensor({std::numeric_limits<double>::quiet_NaN()});
  const bool of_nan = at::allclose(nan, nan);
  page.Trap("NaN is unequal to itself", !of_nan,
            absl::StrCat("at::allclose(nan, nan): ", YesOrNo(of_nan)));
  page.Claim(at::allclose(nan, nan, 1e-5, 1e-8, /*equal_nan=*/true),
             "equal_nan makes it equal");
  const bool of_shapes = at::allclose(at::ones({3}), at::ones({3, 1}));
  page.Trap("allclose broadcasts: other shapes may be close", of_shapes,
            absl::StrCat("[3] and [3, 1] are close: ", YesOrNo(of_shapes)));
  page.Claim(!at::ones({3}).equal(at::ones({3, 1})),
             "equal wants the same shape");
  page.Trap("shapes that don't broadcast",
            [] { at::allclose(at::ones({3}), at::ones({2})); });
  page.Trap("types have to be the same",
            [&] { at::allclose(rounded, rounded.to(at::kFloat)); });
}

Made<Snippet> MakeEquality(const snippet::Equality&) { return SnippetOf(Show); }

TOQUE_PLUGIN(MakeEquality);

}  // namespace
}  // namespace toque
