#include "framework/core/snippet.h"
#include "framework/inference/model_parts.h"
#include "framework/layers/layers.h"
#include "plugins/snippets/find_modules/find_modules.pb.h"

namespace toque {
namespace {

Layer SmallNet() {
  const auto conv = [](int64_t in, int64_t out) {
    return Conv2d({.in = in, .out = out, .kernel = 3});
  };
  const Layer shared = conv(8, 8);
  return NamedSequential(
      {{"stem", Sequential(conv(1, 8), BatchNorm2d(8), Relu())},
       {"body", Sequential(shared, Relu(), shared)},
       {"head", Linear(8, 10)}});
}

void Show(Page& page) {
  const Layer net = SmallNet();
  for (const auto& [path, part] : FindModules(*net, "Conv2d")) {
    page.Line(path, ": ", part->Describe());
  }
  page.Claim(FindModules(*net, "Conv2d").size() == 2,
             "a layer that stands at two places is listed once");

  const auto in_stem = [](std::string_view path, const Block&) {
    return path.starts_with("stem.");
  };
  page.Claim(FindModules(*net, in_stem).size() == 3,
             "any other rule will do: here all parts of the stem");

  // They are the model's own: here to freeze them.
  for (const auto& [path, part] : FindModules(*net, "Conv2d")) {
    for (const at::Tensor& parameter : part->parameters()) {
      parameter.requires_grad_(false);
    }
  }
  page.Claim(!net->named_parameters()["stem.0.weight"].requires_grad() &&
                 net->named_parameters()["head.weight"].requires_grad(),
             "what is done to a part is done to the model");
  page.Trap("a path is no name to register a part under", [] {
    NamedSequential({{"stem.0", Relu()}});
  });
}

Made<Snippet> MakeFindModules(const snippet::FindModules&) {
  return SnippetOf(Show);
}

TOQUE_PLUGIN(MakeFindModules);

}  // namespace
}  // namespace toque
