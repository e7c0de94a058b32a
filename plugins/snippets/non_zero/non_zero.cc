#include "ATen/ops/scalar_tensor.h"
#include "ATen/ops/tensor.h"
#include "framework/core/snippet.h"
#include "plugins/snippets/non_zero/non_zero.pb.h"

namespace toque {
namespace {

// The rows of int64 [n, axes] as "(0, 1) (2, 0)".
std::string Rows(const at::Tensor& indices) {
  std::string text;
  for (int64_t row = 0; row < indices.size(0); ++row) {
    absl::StrAppend(&text, text.empty() ? "(" : " (",
                    indices[row][0].item<int64_t>(), ", ",
                    indices[row][1].item<int64_t>(), ")");
  }
  return text;
}

absl::Status Show(std::ostream& out) {
  const at::Tensor x = at::tensor({0., 3., 5., 0., 0., 7.}).reshape({3, 2});
  // A row for each hit, a column for each axis.
  const at::Tensor hits = x.nonzero();
  const at::Tensor zeros = x.eq(0).nonzero();
  out << "not zero: " << hits.size(0) << " at " << Rows(hits) << "\n"
      << "zero: " << zeros.size(0) << " at " << Rows(zeros) << "\n";
  RETURN_IF_ERROR(Claim(hits.scalar_type() == at::kLong && hits.size(1) == 2,
                        "indices are int64, a column for each axis"));
  RETURN_IF_ERROR(Claim(hits.size(0) == x.count_nonzero().item<int64_t>() &&
                            hits.size(0) + zeros.size(0) == x.numel(),
                        "every element is counted once"));

  // Trap: a tensor without axes has no columns; the rows still count.
  const at::Tensor one = at::scalar_tensor(3).nonzero();
  const at::Tensor none = at::scalar_tensor(0).nonzero();
  out << "indices in a scalar of 3: " << one.sizes()
      << ", of 0: " << none.sizes() << "\n";
  return Claim(one.sizes() == at::IntArrayRef({1, 0}) &&
                   none.sizes() == at::IntArrayRef({0, 0}),
               "indices in a scalar have no columns");
}

Made<Snippet> MakeNonZero(const snippet::NonZero&) { return SnippetOf(Show); }

TOQUE_PLUGIN(MakeNonZero);

}  // namespace
}  // namespace toque
