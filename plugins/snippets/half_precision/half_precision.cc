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

// Range and precision: float16 has 5 bits of exponent and 10 of fraction,
// bfloat16 the 8 of float32 and 7.
absl::Status ShowTypes(std::ostream& out) {
  for (const at::ScalarType type : {at::kHalf, at::kBFloat16}) {
    out << type << ": 70000 is " << As(70000, type) << ", 1e-8 is "
        << As(1e-8, type) << ", 257 is " << As(257, type) << "\n";
  }
  RETURN_IF_ERROR(
      Claim(std::isinf(As(70000, at::kHalf)) && As(1e-8, at::kHalf) == 0,
            "float16 ends at 65504 and near 6e-8"));
  return Claim(As(257, at::kHalf) == 257 && As(257, at::kBFloat16) == 256,
               "bfloat16 has no more than eight bits");
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

absl::Status ShowAutocast(std::ostream& out) {
  const at::Tensor weight = at::ones({2, 2}).set_requires_grad(true);
  const at::Tensor x = at::ones({3, 2});
  const AutocastScope autocast;
  const at::Tensor y = x.mm(weight);
  const at::Tensor loss = at::mse_loss(y, x);
  loss.backward();
  out << "autocast: weight " << weight.scalar_type() << ", product "
      << y.scalar_type() << ", loss " << loss.scalar_type() << ", gradient "
      << weight.grad().scalar_type() << "\n";
  return Claim(y.scalar_type() == at::kBFloat16 &&
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

absl::Status Show(std::ostream& out) {
  RETURN_IF_ERROR(ShowTypes(out));
  RETURN_IF_ERROR(ShowAutocast(out));
  const float plain = GradientThroughHalf(1);
  const float scaled = GradientThroughHalf(65536);
  out << "a gradient of 1e-8 through float16: " << plain
      << ", with a scaled loss " << scaled << "\n";
  return Claim(plain == 0 && std::abs(scaled - 1e-8F) < 1e-11F,
               "a scaled loss keeps small gradients");
}

Made<Snippet> MakeHalfPrecision(const snippet::HalfPrecision&) {
  return SnippetOf(Show);
}

TOQUE_PLUGIN(MakeHalfPrecision);

}  // namespace
}  // namespace toque
