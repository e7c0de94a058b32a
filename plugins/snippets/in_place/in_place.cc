#include "ATen/ops/relu.h"
#include "ATen/ops/tensor.h"
#include "framework/core/snippet.h"
#include "plugins/snippets/in_place/in_place.pb.h"

namespace toque {
namespace {

absl::Status Show(std::ostream& out) {
  const at::Tensor w = at::tensor({-1.F, 0.F, 2.F}).set_requires_grad(true);
  const at::Tensor expected = w.mul(3).relu();
  expected.sum().backward();
  const at::Tensor gradient = w.grad().clone();
  w.mutable_grad().reset();

  at::Tensor y = w.mul(3);
  const void* memory = y.const_data_ptr();
  y.relu_();
  y.sum().backward();
  out << "relu_: " << (y.const_data_ptr() == memory ? "the same" : "new")
      << " memory\n";
  RETURN_IF_ERROR(Claim(y.const_data_ptr() == memory && y.equal(expected) &&
                            w.grad().equal(gradient),
                        "in place gives the same result and gradient"));

  // Trap: parameters are where gradients end up.
  const std::string leaf_fault = ErrorOf([&] { w.relu_(); });
  out << "of a parameter: " << leaf_fault << "\n";
  RETURN_IF_ERROR(Claim(!leaf_fault.empty(), "a parameter can't be written"));

  // Trap: exp needs its result in backward, where the fault is noticed; mul by
  // a number, above, does not.
  at::Tensor z = w.exp();
  z.relu_();
  const std::string fault = ErrorOf([&] { z.sum().backward(); });
  out << "of what backward needs: " << fault << "\n";
  return Claim(!fault.empty(), "what backward needs can't be written");
}

Made<Snippet> MakeInPlace(const snippet::InPlace&) { return SnippetOf(Show); }

TOQUE_PLUGIN(MakeInPlace);

}  // namespace
}  // namespace toque
