#include "ATen/ops/arange.h"
#include "ATen/ops/cat.h"
#include "ATen/ops/pad_sequence.h"
#include "ATen/ops/stack.h"
#include "ATen/ops/zeros.h"
#include "framework/core/snippet.h"
#include "plugins/snippets/concatenate_or_stack/concatenate_or_stack.pb.h"

namespace toque {
namespace {

absl::Status Show(std::ostream& out) {
  const at::Tensor x = at::arange(50).reshape({10, 5});
  const at::Tensor cat = at::cat({x, x, x});
  const at::Tensor stack = at::stack({x, x, x});
  out << "x: " << x.sizes() << "\n"
      << "cat: " << cat.sizes() << ", along axis 1 "
      << at::cat({x, x, x}, 1).sizes() << "\n"
      << "stack: " << stack.sizes() << ", as the last axis "
      << at::stack({x, x, x}, -1).sizes() << "\n";
  RETURN_IF_ERROR(Claim(stack.flatten(0, 1).equal(cat),
                        "stack is cat with an axis to tell apart by"));

  // Trap: sizes must be equal, all of them for stack; neither broadcasts.
  const at::Tensor narrow = at::zeros({10, 4}, at::kLong);
  const at::Tensor shorter = at::zeros({9, 5}, at::kLong);
  const std::string cat_fault = ErrorOf([&] { at::cat({x, narrow}); });
  const std::string stack_fault = ErrorOf([&] { at::stack({x, shorter}); });
  out << "cat with " << narrow.sizes() << ": " << cat_fault << "\n"
      << "stack with " << shorter.sizes() << ": " << stack_fault << "\n";
  RETURN_IF_ERROR(
      Claim(!cat_fault.empty() && !stack_fault.empty(), "other sizes raise"));

  // Sequences of different lengths are made equally long first.
  const at::Tensor padded = at::pad_sequence({x, shorter}, true, -1);
  out << "padded and stacked: " << padded.sizes() << ", the end of the second "
      << "is " << padded[1][9][0].item<int64_t>() << "\n";
  return Claim(padded[0].equal(x) && padded[1][9].eq(-1).all().item<bool>(),
               "what is missing at the end is filled");
}

Made<Snippet> MakeConcatenateOrStack(const snippet::ConcatenateOrStack&) {
  return SnippetOf(Show);
}

TOQUE_PLUGIN(MakeConcatenateOrStack);

}  // namespace
}  // namespace toque
