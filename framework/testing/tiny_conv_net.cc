#include "framework/core/model.h"
#include "framework/layers/layers.h"
#include "framework/testing/tiny_conv_net.pb.h"

namespace toque {
namespace {

struct Tiny : Model {
  Tiny(int64_t channels, int64_t classes)
      : features(Add(
            "features",
            Sequential(
                Conv2d({.in = 2, .out = channels, .kernel = 3, .padding = 1}),
                Relu(Inplace::kYes)))),
        fc(Add("fc", Linear(channels, classes))) {}

  at::Tensor Forward(const at::Tensor& input) override {
    return (*fc)((*features)(input).mean({2, 3}));
  }
  std::vector<int64_t> ExampleShape() const override { return {2, 4, 6}; }
  std::string Describe() const override { return "TinyConvNet"; }

  Layer features, fc;
};

Made<Model> MakeTinyConvNet(const TinyConvNet& options) {
  return std::make_shared<Tiny>(options.channels(), options.classes());
}

TOQUE_PLUGIN(MakeTinyConvNet);

}  // namespace
}  // namespace toque
