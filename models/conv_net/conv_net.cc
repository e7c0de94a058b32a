#include "framework/core/model.h"
#include "framework/layers/layers.h"
#include "models/conv_net/conv_net.pb.h"

namespace toque {
namespace {

// Halves height and width.
Layer ConvBlock(int64_t in, int64_t out) {
  // ReLU of the pooled values, which is the same and a quarter of the work.
  return Sequential(Conv2d({.in = in, .out = out, .kernel = 5, .padding = 2}),
                    BatchNorm2d(out), MaxPool2d({.kernel = 2}),
                    Relu(Inplace::kYes));
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

absl::Status MultipleOf4(std::string_view name, int64_t size) {
  if (size >= 4 && size % 4 == 0) return absl::OkStatus();
  return Invalid(absl::StrCat(View(name), " must be a multiple of 4"), size);
}

Made<Model> MakeConvNet(const recipe::ConvNet& options) {
  RETURN_IF_ERROR(Together({AtLeast("classes", options.classes(), 1),
                            AtLeast("in_channels", options.in_channels(), 1),
                            MultipleOf4("input_size", options.input_size()),
                            AtLeast("channels1", options.channels1(), 1),
                            AtLeast("channels2", options.channels2(), 1),
                            Within("dropout", options.dropout(), 0, 1)}));
  return std::make_shared<ConvNet>(options);
}

TOQUE_PLUGIN(MakeConvNet);

}  // namespace
}  // namespace toque
