#include "ATen/ops/mse_loss.h"
#include "ATen/ops/tensor.h"
#include "absl/strings/str_cat.h"
#include "framework/core/check_shape.h"
#include "framework/core/snippet.h"
#include "plugins/snippets/one_dimensional/one_dimensional.pb.h"

namespace toque {
namespace {

at::Tensor MeanSquaredError(const at::Tensor& output,
                            const at::Tensor& target) {
  CHECK_SAME_SHAPE(output, target);
  return at::mse_loss(output, target);
}

void Show(Page& page) {
  const at::Tensor target = at::tensor({1.f, 2.f, 3.f, 4.f});  // [N]
  const at::Tensor output = target.clone().view({4, 1});       // [N, 1]
  page.Line("output ", output.sizes(), " minus target ", target.sizes(), " is ",
            output.sub(target).sizes());
  const float loss = at::mse_loss(output, target).item<float>();
  page.Trap("the loss of a perfect output isn't 0", loss == 2.5,
            absl::StrCat("each output is compared with each target: ", loss));
  page.Trap("a loss that checks says so",
            [&] { MeanSquaredError(output, target); });
  page.Claim(MeanSquaredError(output, target.unsqueeze(1)).item<float>() == 0,
             "where both are [N, 1] it is 0");
}

Made<Snippet> MakeOneDimensional(const snippet::OneDimensional&) {
  return SnippetOf(Show);
}

TOQUE_PLUGIN(MakeOneDimensional);

}  // namespace
}  // namespace toque
