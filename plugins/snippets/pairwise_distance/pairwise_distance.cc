#include "framework/tensors/pairwise_distance.h"

#include "ATen/ops/allclose.h"
#include "ATen/ops/tensor.h"
#include "framework/core/snippet.h"
#include "framework/tensors/describe.h"
#include "plugins/snippets/pairwise_distance/pairwise_distance.pb.h"

namespace toque {
namespace {

// The article's: memory for [m, n, d].
at::Tensor ByBroadcasting(const at::Tensor& a, const at::Tensor& b) {
  return a.unsqueeze(1).sub(b.unsqueeze(0)).square().sum(2).sqrt();
}

void ShowLimits(Page& page) {
  const at::Tensor a = at::tensor({1000.F, 1000.F}).view({1, 2});
  const at::Tensor b = at::tensor({1000.F, 1000.125F}).view({1, 2});
  const auto rough = PairwiseDistance(a, b).item<float>();
  const auto exact =
      PairwiseDistance(a, b, DistanceMethod::kExact).item<float>();
  page.Trap("the default loses distances far below the points' lengths",
            rough == 0 && exact == 0.125F,
            absl::StrCat("from (1000, 1000) to (1000, 1000.125): ", rough,
                         "; by kExact ", exact));
  const at::Tensor half = a.to(at::kHalf);
  page.Trap("kExact is for float32 and float64",
            [&] { PairwiseDistance(half, half, DistanceMethod::kExact); });
}

void Show(Page& page) {
  const at::Tensor a = at::tensor({0., 0., 3., 4.}).view({2, 2});
  const at::Tensor b = at::tensor({0., 0., 3., 0., 0., 4.}).view({3, 2});
  const at::Tensor distance = PairwiseDistance(a, b);
  page.Line(a.sizes(), " and ", b.sizes(), " -> ", distance.sizes());
  page.Line("distances: ", ValuesText(distance));
  page.Claim(at::allclose(distance, ByBroadcasting(a, b)),
             "they are those of broadcasting");

  // The first points of both are the same one.
  const auto gradient_of_first = [&](DistanceMethod method) {
    const at::Tensor points = a.clone().requires_grad_();
    PairwiseDistance(points, b, method).sum().backward();
    return points.grad()[0];
  };
  // Away from (3, 0) and (0, 4).
  const at::Tensor away = at::tensor({-1., -1.});
  page.Claim(
      at::allclose(gradient_of_first(DistanceMethod::kMatrixProduct), away) &&
          at::allclose(gradient_of_first(DistanceMethod::kExact), away),
      "at a distance of 0 the gradient is 0, by either method");
  const at::Tensor plain = a.clone().requires_grad_();
  ByBroadcasting(plain, b).sum().backward();
  page.Trap(
      "by broadcasting a distance of 0 spoils the gradient: the root's is "
      "infinite there",
      plain.grad()[0].isnan().all().item<bool>(), ValuesText(plain.grad()[0]));
  page.Trap("points of other dimensions",
            [&] { PairwiseDistance(a, b.narrow(1, 0, 1)); });
  ShowLimits(page);
}

Made<Snippet> MakePairwiseDistance(const snippet::PairwiseDistance&) {
  return SnippetOf(Show);
}

TOQUE_PLUGIN(MakePairwiseDistance);

}  // namespace
}  // namespace toque
