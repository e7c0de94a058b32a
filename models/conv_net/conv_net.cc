#include "framework/core/model.h"
#include "framework/layers/layers.h"
#include "models/conv_net/conv_net.pb.h"

namespace toque {
namespace {

// Halves height and width.
Layer ConvBlock(int64_t in, int64_t out) {
  return Sequential(Conv2d({.in = in, .out = out, .kernel = 5, .padding = 2}),
                    BatchNorm2d(out), Relu(), MaxPool2d({.kernel = 2}));
}

struct ConvNet : Model {
  explicit ConvNet(const recipe::ConvNet& options)
      : example_shape{options.in_channels(), options.input_size(),
                      options.input_size()},
        layer1(Add("layer1",
                   ConvBlock(options.in_channels(), options.channels1()))),
        layer2(
            Add("layer2", ConvBlock(options.channels1(), options.channels2()))),
        dropout(Add("dropout", Dropout(options.dropout()))) {
    const int64_t size = options.input_size() / 4;
    fc =
        Add("fc", Linear(options.channels2() * size * size, options.classes()));
  }

  at::Tensor Forward(const at::Tensor& input) override {
    const at::Tensor features = (*layer2)((*layer1)(input));
    return (*fc)((*dropout)(features.flatten(1)));
  }
  std::vector<int64_t> ExampleShape() const override { return example_shape; }
  std::string Describe() const override { return "ConvNet"; }

  std::vector<int64_t> example_shape;
  Layer layer1, layer2, dropout, fc;
};

Made<Model> MakeConvNet(const recipe::ConvNet& options) {
  if (options.classes() < 1) {
    return Invalid("classes must be at least 1", options.classes());
  }
  if (options.in_channels() < 1) {
    return Invalid("in_channels must be at least 1", options.in_channels());
  }
  if (options.input_size() < 4 || options.input_size() % 4 != 0) {
    return Invalid("input_size must be a multiple of 4", options.input_size());
  }
  if (options.channels1() < 1) {
    return Invalid("channels1 must be at least 1", options.channels1());
  }
  if (options.channels2() < 1) {
    return Invalid("channels2 must be at least 1", options.channels2());
  }
  if (!(options.dropout() >= 0 && options.dropout() < 1)) {
    return Invalid("dropout must be at least 0 and below 1", options.dropout());
  }
  return std::make_shared<ConvNet>(options);
}

TOQUE_PLUGIN(MakeConvNet);

}  // namespace
}  // namespace toque
