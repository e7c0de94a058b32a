#include <cmath>

#include "ATen/autocast_mode.h"
#include "ATen/core/grad_mode.h"
#include "ATen/ops/_amp_foreach_non_finite_check_and_unscale.h"
#include "ATen/ops/_amp_update_scale.h"
#include "ATen/ops/mse_loss.h"
#include "ATen/ops/ones.h"
#include "ATen/ops/scalar_tensor.h"
#include "ATen/ops/zeros.h"
#include "absl/strings/str_cat.h"
#include "framework/core/dtype.h"
#include "framework/core/snippet.h"
#include "plugins/snippets/half_precision/half_precision.pb.h"

namespace toque {
namespace {

float As(double number, at::ScalarType type) {
  return at::scalar_tensor(number).to(type).item<float>();
}

// Products in bfloat16 while it lives; it ends before backward.
class AutocastScope {
 public:
  AutocastScope() {
    at::autocast::set_autocast_enabled(at::kCPU, true);
    at::autocast::set_autocast_dtype(at::kCPU, at::kBFloat16);
  }
  ~AutocastScope() {
    at::autocast::clear_cache();  // of weights that the next step changes
    at::autocast::set_autocast_enabled(at::kCPU, enabled_);
    at::autocast::set_autocast_dtype(at::kCPU, dtype_);
  }

 private:
  const bool enabled_ = at::autocast::is_autocast_enabled(at::kCPU);
  const at::ScalarType dtype_ = at::autocast::get_autocast_dtype(at::kCPU);
};

void ShowAutocast(Page& page) {
  const at::Tensor weight = at::ones({2, 2}).set_requires_grad(true);
  const at::Tensor x = at::ones({3, 2});
  at::Tensor y, loss;
  {
    const AutocastScope autocast;
    y = x.mm(weight);
    loss = at::mse_loss(y, x);
  }
  loss.backward();
  const auto type = [](const at::Tensor& x) {
    return DTypeName(x.scalar_type());
  };
  page.Line("autocast: weight ", type(weight), ", product ", type(y), ", loss ",
            type(loss), ", gradient ", type(weight.grad()));
  page.Claim(type(y) == "bfloat16" && type(loss) == "float32",
             "only products are bfloat16");
  page.Claim(type(x.mm(weight)) == "float32", "and not after the scope");
}

// The gradient of 1e-8 w, scaled on its way back through float16.
float GradientThroughHalf(float scale) {
  const at::Tensor w = at::scalar_tensor(1).set_requires_grad(true);
  w.to(at::kHalf).to(at::kFloat).mul(1e-8).mul(scale).backward();
  return w.grad().item<float>() / scale;
}

// A step of w, whose gradient is 1; it passes through float16, scaled.
void ScaledStep(at::Tensor& w, at::Tensor& scale, at::Tensor& good_steps) {
  w.to(at::kHalf).to(at::kFloat).mul(scale).backward();
  const at::NoGradGuard no_gradients;
  at::Tensor found_inf = at::zeros({});
  at::_amp_foreach_non_finite_check_and_unscale_({w.mutable_grad()}, found_inf,
                                                 scale.reciprocal());
  if (found_inf.item<float>() == 0) w.sub_(w.grad(), 0.5);
  // Twice as large after 2000 good steps, half as large after a bad one.
  at::_amp_update_scale_(scale, good_steps, found_inf, 2, 0.5, 2000);
  w.mutable_grad().reset();
}

void ShowBackOff(Page& page) {
  at::Tensor w = at::scalar_tensor(1).set_requires_grad(true);
  at::Tensor scale = at::scalar_tensor(65536);
  at::Tensor good_steps = at::zeros({}, at::kInt);
  for (int step = 0; step < 2; ++step) {
    ScaledStep(w, scale, good_steps);
    page.Line("w ", w.item<float>(), ", scale ", scale.item<float>());
  }
  page.Claim(w.item<float>() == 0.5 && scale.item<float>() == 32768,
             "a step with infinite gradients is left out and halves the scale");
}

void Show(Page& page) {
  for (const at::ScalarType type : {at::kHalf, at::kBFloat16}) {
    page.Line(DTypeName(type), ": 70000 is ", As(70000, type), ", 1e-8 is ",
              As(1e-8, type), ", 257 is ", As(257, type));
  }
  ShowAutocast(page);
  const float scaled = GradientThroughHalf(65536);
  page.Line("a gradient of 1e-8 through float16, the loss scaled: ", scaled);
  page.Claim(std::abs(scaled - 1e-8F) < 1e-11F, "a scaled loss keeps it");
  ShowBackOff(page);
  const float large = As(70000, at::kHalf), odd = As(257, at::kBFloat16);
  page.Trap("float16 ends at 65504", std::isinf(large),
            absl::StrCat("70000 is ", large));
  page.Trap("bfloat16 has no more than eight bits", odd == 256,
            absl::StrCat("257 is ", odd));
  const float small = GradientThroughHalf(1);
  page.Trap("small gradients vanish in float16", small == 0,
            absl::StrCat("a gradient of 1e-8 is ", small));
}

Made<Snippet> MakeHalfPrecision(const snippet::HalfPrecision&) {
  return SnippetOf(Show);
}

TOQUE_PLUGIN(MakeHalfPrecision);

}  // namespace
}  // namespace toque
