#include <cmath>

#include "ATen/autocast_mode.h"
#include "ATen/ops/mse_loss.h"
#include "ATen/ops/ones.h"
#include "ATen/ops/scalar_tensor.h"
#include "framework/core/snippet.h"
#include "plugins/snippets/half_precision/half_precision.pb.h"

namespace toque {
namespace {

// What a number becomes in a type.
float As(double number, at::ScalarType type) {
  return at::scalar_tensor(number).to(type).item<float>();
}

// Products in bfloat16 while it lives, losses in float32.
class AutocastScope {
 public:
  AutocastScope() { at::autocast::set_autocast_enabled(at::kCPU, true); }
  ~AutocastScope() {
    at::autocast::clear_cache();
    at::autocast::set_autocast_enabled(at::kCPU, false);
  }
  AutocastScope(const AutocastScope&) = delete;
  AutocastScope& operator=(const AutocastScope&) = delete;
};

void ShowAutocast(Page& page) {
  const at::Tensor weight = at::ones({2, 2}).set_requires_grad(true);
  const at::Tensor x = at::ones({3, 2});
  const AutocastScope autocast;
  const at::Tensor y = x.mm(weight);
  const at::Tensor loss = at::mse_loss(y, x);
  loss.backward();
  page.Line("autocast: weight ", weight.scalar_type(), ", product ",
            y.scalar_type(), ", loss ", loss.scalar_type(), ", gradient ",
            weight.grad().scalar_type());
  page.Claim(y.scalar_type() == at::kBFloat16 &&
                 loss.scalar_type() == at::kFloat &&
                 weight.grad().scalar_type() == at::kFloat,
             "parameters, their gradients and the loss stay float32");
}

// The gradient of 1e-8 w, on its way back through float16 `scale` times as
// large.
float GradientThroughHalf(float scale) {
  const at::Tensor w = at::scalar_tensor(1).set_requires_grad(true);
  w.to(at::kHalf).to(at::kFloat).mul(1e-8).mul(scale).backward();
  return w.grad().item<float>() / scale;
}

void Show(Page& page) {
  for (const at::ScalarType type : {at::kHalf, at::kBFloat16}) {
    page.Line(type, ": 70000 is ", As(70000, type), ", 1e-8 is ",
              As(1e-8, type), ", 257 is ", As(257, type));
  }
  ShowAutocast(page);
  const float scaled = GradientThroughHalf(65536);
  page.Line("a gradient of 1e-8 through float16, the loss scaled: ", scaled);
  page.Claim(std::abs(scaled - 1e-8F) < 1e-11F,
             "a scaled loss keeps small gradients");

  page.Trap("float16 ends at 65504", std::isinf(As(70000, at::kHalf)),
            "70000 is inf");
  page.Trap("bfloat16 has no more than eight bits",
            As(257, at::kBFloat16) == 256, "257 is 256");
  page.Trap("small gradients vanish in float16", GradientThroughHalf(1) == 0,
            "a gradient of 1e-8 is 0");
}

Made<Snippet> MakeHalfPrecision(const snippet::HalfPrecision&) {
  return SnippetOf(Show);
}

TOQUE_PLUGIN(MakeHalfPrecision);

}  // namespace
}  // namespace toque
