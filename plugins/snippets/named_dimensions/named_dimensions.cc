#include "ATen/ops/arange.h"
#include "framework/core/snippet.h"
#include "framework/tensors/describe.h"
#include "plugins/snippets/named_dimensions/named_dimensions.pb.h"

namespace toque {
namespace {

at::Dimname Named(const char* name) {
  return at::Dimname::fromSymbol(at::Symbol::dimname(name));
}

void Show(Page& page) {
  const at::Dimname n = Named("N");
  const at::Dimname c = Named("C");
  const at::Dimname h = Named("H");
  const at::Dimname w = Named("W");
  const at::Tensor plain = at::arange(24, at::kFloat).reshape({3, 4, 1, 2});
  const at::Tensor x = plain.refine_names({c, n, h, w});
  page.Line("x: ", Describe(x));
  page.Line("sum over C: ", Describe(x.sum(at::DimnameList{c})));
  page.Line("slice 0 of C: ", Describe(x.select(c, 0)));

  const at::Tensor y = x.align_to({n, c, h, w});
  page.Line("as N, C, H, W: ", Describe(y));
  // The second argument is where all axes that aren't listed go.
  page.Line("N and C last: ", Describe(x.align_to({n, c}, 0)));
  page.Claim(y.rename(std::nullopt).equal(plain.transpose(0, 1)),
             "aligning by name is transposing by number");
  page.Claim(y.const_data_ptr() == x.const_data_ptr(), "nothing is copied");

  page.Trap("each axis must be listed", [&] { x.align_to({n, c, h}); });
  page.Trap("an unknown name", [&] { x.sum(at::DimnameList{Named("T")}); });
  page.Trap("axes of different names don't meet", [&] { x.add(y); });
  page.Trap("most operators on layout refuse names", [&] {
    x.reshape({12, 2});
  });
  page.Claim(x.rename(std::nullopt).reshape({12, 2}).dim() == 2,
             "rename(std::nullopt) takes the names off");
}

Made<Snippet> MakeNamedDimensions(const snippet::NamedDimensions&) {
  return SnippetOf(Show);
}

TOQUE_PLUGIN(MakeNamedDimensions);

}  // namespace
}  // namespace toque
