#include "ATen/ops/ones.h"
#include "framework/core/snippet.h"
#include "framework/inference/model_parts.h"
#include "framework/layers/layers.h"
#include "plugins/snippets/slice_children/slice_children.pb.h"

namespace toque {
namespace {

// Halves height and width.
Layer ConvBlock(int64_t in, int64_t out) {
  return Sequential(Conv2d({.in = in, .out = out, .kernel = 5, .padding = 2}),
                    Relu(), MaxPool2d({.kernel = 2}));
}

// It flattens between its layers.
struct ConvNet : Block {
  at::Tensor Forward(const at::Tensor& input) override {
    return (*fc)((*layer2)((*layer1)(input)).flatten(1));
  }
  Layer layer1 = Add("layer1", ConvBlock(1, 16));
  Layer layer2 = Add("layer2", ConvBlock(16, 32));
  Layer fc = Add("fc", Linear(32 * 7 * 7, 10));
};

void Show(Page& page) {
  const auto net = std::make_shared<ConvNet>();
  const at::Tensor images = at::ones({2, 1, 28, 28});
  const Layer features = SliceChildren(*net, 0, 2);
  page.Line("net: ", (*net)(images).sizes());
  page.Line("its first two children: ", (*features)(images).sizes());
  page.Claim((*features)(images).equal((*net->layer2)((*net->layer1)(images))),
             "the children are called one after the other");
  page.Claim(features->named_parameters()["layer1.0.weight"].is_same(
                 net->named_parameters()["layer1.0.weight"]),
             "the weights are the model's own, under their names");

  const Layer all = SliceChildren(*net, 0, 3);
  page.Trap("what the model does between its children is lost",
            [&] { (*all)(images); });
  page.Trap("a range beyond the children", [&] { SliceChildren(*net, 0, 4); });
}

Made<Snippet> MakeSliceChildren(const snippet::SliceChildren&) {
  return SnippetOf(Show);
}

TOQUE_PLUGIN(MakeSliceChildren);

}  // namespace
}  // namespace toque
