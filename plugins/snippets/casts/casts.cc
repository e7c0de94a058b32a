#include "ATen/ops/tensor.h"
#include "framework/core/snippet.h"
#include "framework/tensors/describe.h"
#include "plugins/snippets/casts/casts.pb.h"

namespace toque {
namespace {

void Show(Page& page) {
  const at::Tensor x = at::tensor({-1.7, -0.5, 0.5, 1.7});
  page.Line("x: ", ValuesText(x), ", ", Describe(x));
  page.Line("x.to(at::kFloat): ", Describe(x.to(at::kFloat)));
  page.Line("x.to(at::kLong): ", ValuesText(x.to(at::kLong)));
  page.Claim(x.to(at::kLong).equal(at::tensor({-1, 0, 0, 1}, at::kLong)),
             "floats are cut toward zero");

  // x.to(at::kCUDA) moves it to the GPU, x.to(at::kCPU) back.
  page.Claim(x.to(at::kDouble).is_same(x) && x.to(at::kCPU).is_same(x),
             "a cast that changes nothing copies nothing");
  const at::Tensor moved =
      x.to(at::kCPU, at::kDouble, /*non_blocking=*/false, /*copy=*/true);
  page.Claim(moved.equal(x) && moved.const_data_ptr() != x.const_data_ptr(),
             "copy = true copies all the same, and keeps every number");

  const at::Tensor same = x.to(at::kDouble);
  same.zero_();
  page.Trap("so a write to it is one to x", x.eq(0).all().item<bool>(),
            ValuesText(x));
  const at::Tensor byte = at::tensor({300, -1}).to(at::kByte);
  page.Trap("300 and -1 as uint8 go round",
            byte.equal(at::tensor({44, 255}, at::kByte)), ValuesText(byte));
  const at::Tensor odd = at::tensor({16777217});
  page.Trap("float32 has 24 bits, and 2^24 + 1 takes 25",
            !odd.to(at::kFloat).to(at::kLong).equal(odd.to(at::kLong)),
            ValuesText(odd.to(at::kFloat).to(at::kLong)));
  const at::Tensor weight = at::tensor({2.5F}).set_requires_grad(true);
  page.Trap("a cast to an integer ends the graph",
            !weight.to(at::kLong).requires_grad(),
            Describe(weight.to(at::kLong)));
}

Made<Snippet> MakeCasts(const snippet::Casts&) { return SnippetOf(Show); }

TOQUE_PLUGIN(MakeCasts);

}  // namespace
}  // namespace toque
