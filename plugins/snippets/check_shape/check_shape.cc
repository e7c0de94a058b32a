#include "framework/core/check_shape.h"

#include "ATen/ops/zeros.h"
#include "framework/core/snippet.h"
#include "plugins/snippets/check_shape/check_shape.pb.h"

namespace toque {
namespace {

// The scores of each example's own class: [N].
at::Tensor Picked(const at::Tensor& scores, const at::Tensor& labels) {
  Axes axes;
  CHECK_AXES(axes, scores, {"N", kAny});
  CHECK_AXES(axes, labels, {"N"});
  return scores.gather(1, labels.unsqueeze(1)).squeeze(1);
}

void Show(Page& page) {
  const at::Tensor images = at::zeros({8, 3, 32, 24});
  CHECK_SHAPE(images, {kAny, 3, 32, 24});
  page.Line("images ", images.sizes(), ": any number, the rest as it must be");
  page.Trap("height and width are in another order", [&] {
    CHECK_SHAPE(images, {kAny, 3, 24, 32});
  });
  page.Trap("the batch was forgotten", [&] {
    CHECK_SHAPE(images[0], {kAny, 3, 32, 24});
  });

  const at::Tensor scores = at::zeros({8, 10});
  const at::Tensor labels = at::zeros({8}, at::kLong);
  page.Claim(Picked(scores, labels).size(0) == 8,
             "axes of one name have one size, whatever it is");
  page.Trap("a label is missing",
            [&] { Picked(scores, labels.narrow(0, 0, 7)); });
}

Made<Snippet> MakeCheckShape(const snippet::CheckShape&) {
  return SnippetOf(Show);
}

TOQUE_PLUGIN(MakeCheckShape);

}  // namespace
}  // namespace toque
