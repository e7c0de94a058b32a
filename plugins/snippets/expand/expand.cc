#include "ATen/ops/ones.h"
#include "framework/core/snippet.h"
#include "plugins/snippets/expand/expand.pb.h"

namespace toque {
namespace {

void Show(Page& page) {
  // A feature vector of each picture, at every place of a 7 x 7 map.
  const at::Tensor features = at::ones({64, 512});
  const at::Tensor map =
      features.reshape({64, 512, 1, 1}).expand({64, 512, 7, 7});
  page.Line("features: ", features.sizes());
  page.Line("map: ", map.sizes(), ", strides ", map.strides());
  page.Claim(map.strides() == at::IntArrayRef({512, 1, 0, 0}),
             "an expanded axis has stride 0");
  page.Claim(map.const_data_ptr() == features.const_data_ptr(),
             "the map has the memory of the features: nothing is copied");

  const at::Tensor repeated =
      features.reshape({64, 512, 1, 1}).repeat({1, 1, 7, 7});
  page.Line("repeated: ", repeated.sizes(), ", strides ", repeated.strides());
  page.Claim(repeated.equal(map) && repeated.storage().nbytes() ==
                                        49 * features.storage().nbytes(),
             "repeat() has the same numbers, in 49 times the memory");
  page.Claim(map.contiguous().strides() == repeated.strides(),
             "contiguous() makes the one into the other");

  page.Trap("49 places are one number in memory: map.mul_(2) raises",
            [&] { map.mul_(2); });
  page.Trap("only axes of size 1 can be expanded", [&] {
    features.expand({64, 1024});
  });
}

Made<Snippet> MakeExpand(const snippet::Expand&) { return SnippetOf(Show); }

TOQUE_PLUGIN(MakeExpand);

}  // namespace
}  // namespace toque
