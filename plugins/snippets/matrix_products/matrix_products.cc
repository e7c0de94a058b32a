#include "ATen/ops/arange.h"
#include "ATen/ops/bmm.h"
#include "ATen/ops/matmul.h"
#include "ATen/ops/mm.h"
#include "ATen/ops/mul.h"
#include "ATen/ops/tensor.h"
#include "c10/util/accumulate.h"
#include "framework/core/snippet.h"
#include "framework/tensors/describe.h"
#include "plugins/snippets/matrix_products/matrix_products.pb.h"

namespace toque {
namespace {

at::Tensor Counted(at::IntArrayRef shape) {
  return at::arange(c10::multiply_integers(shape), at::kFloat).reshape(shape);
}

void Show(Page& page) {
  const at::Tensor a = Counted({2, 3});
  const at::Tensor b = Counted({3, 4});
  const at::Tensor product = at::mm(a, b);
  page.Line("mm: ", a.sizes(), " ", b.sizes(), " -> ", product.sizes());
  page.Claim(product[1][2].equal(a[1].mul(b.select(1, 2)).sum()),
             "an element is the sum of a row times a column");

  const at::Tensor batch_a = Counted({5, 2, 3});
  const at::Tensor batch_b = Counted({5, 3, 4});
  const at::Tensor batch = at::bmm(batch_a, batch_b);
  page.Line("bmm: ", batch_a.sizes(), " ", batch_b.sizes(), " -> ",
            batch.sizes());
  page.Claim(batch[4].equal(at::mm(batch_a[4], batch_b[4])),
             "bmm is mm for each of the batch");

  const at::Tensor row = Counted({3});
  const at::Tensor star = at::mul(a, row);  // a * row
  page.Line("mul, the star: ", a.sizes(), " ", row.sizes(), " -> ",
            star.sizes());
  // Of (0, 1, 2), (3, 4, 5) and the row (0, 1, 2).
  page.Claim(
      star.equal(at::tensor({0.F, 1.F, 4.F, 0.F, 4.F, 10.F}).view({2, 3})),
      "the star is element by element, and broadcasts");
  page.Line("matmul: ", batch_a.sizes(), " ", b.sizes(), " -> ",
            at::matmul(batch_a, b).sizes());

  const at::Tensor square = Counted({2, 2});
  const at::Tensor by_star = at::mul(square, square);
  const at::Tensor by_mm = at::mm(square, square);
  page.Trap("of square matrices the star is no product, and raises nothing",
            !by_star.equal(by_mm),
            absl::StrCat(ValuesText(by_star), ", by mm ", ValuesText(by_mm)));
  page.Trap("mm takes matrices alone", [&] { at::mm(batch_a, b); });
  page.Trap("bmm doesn't broadcast: matmul does",
            [&] { at::bmm(batch_a, b.unsqueeze(0)); });
  page.Trap("the inner sizes have to be the same", [&] { at::mm(a, a); });
}

Made<Snippet> MakeMatrixProducts(const snippet::MatrixProducts&) {
  return SnippetOf(Show);
}

TOQUE_PLUGIN(MakeMatrixProducts);

}  // namespace
}  // namespace toque
