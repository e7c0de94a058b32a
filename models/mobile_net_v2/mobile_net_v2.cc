#include <algorithm>

#include "framework/core/model.h"
#include "framework/layers/layers.h"
#include "framework/shared/inverted_residual.h"
#include "models/mobile_net_v2/mobile_net_v2.pb.h"

namespace toque {
namespace {

using recipe::MobileNetV2;

Layer Activation() { return Relu6(Inplace::kYes); }

// The last convolution and its batch norm stand beside the other parts here,
// not in one of their own: no InvertedResidual.
struct Bottleneck : Block {
  Bottleneck(int64_t in, int64_t out, int64_t stride, int64_t expansion)
      : adds_input(stride == 1 && in == out) {
    const int64_t wide = in * expansion;
    std::vector<Layer> parts;
    if (expansion != 1) {
      parts.push_back(
          ConvNorm({.in = in, .out = wide, .kernel = 1}, Activation()));
    }
    parts.push_back(
        ConvNorm({.in = wide, .out = wide, .stride = stride, .groups = wide},
                 Activation()));
    parts.push_back(Conv2d({.in = wide, .out = out, .bias = Bias::kNo}));
    parts.push_back(BatchNorm2d(out));
    conv = Add("conv", Sequential(std::move(parts)));
  }

  at::Tensor Forward(const at::Tensor& input) override {
    const at::Tensor branch = (*conv)(input);
    return adds_input ? AddResidual(branch, input) : branch;
  }
  std::string Describe() const override { return "InvertedResidual"; }

  bool adds_input;
  Layer conv;
};

struct Stage {
  int64_t expansion;
  int64_t out;
  int64_t blocks;
  int64_t stride;  // of the first block
};
constexpr Stage kStages[] = {{1, 16, 1, 1}, {6, 24, 2, 2}, {6, 32, 3, 2},
                             {6, 64, 4, 2}, {6, 96, 3, 1}, {6, 160, 3, 2},
                             {6, 320, 1, 1}};

int64_t LastChannels(const MobileNetV2& options) {
  return RoundedChannels(1280 * std::max(1.0, options.width()));
}

Layer Features(const MobileNetV2& options) {
  const auto channels = [&](int64_t published) {
    return RoundedChannels(static_cast<double>(published) * options.width());
  };
  int64_t in = channels(32);
  std::vector<Layer> parts = {ConvNorm(
      {.in = options.in_channels(), .out = in, .stride = 2}, Activation())};
  for (const Stage& stage : kStages) {
    const int64_t out = channels(stage.out);
    for (int64_t i = 0; i < stage.blocks; ++i) {
      parts.push_back(std::make_shared<Bottleneck>(
          in, out, i == 0 ? stage.stride : 1, stage.expansion));
      in = out;
    }
  }
  parts.push_back(ConvNorm(
      {.in = in, .out = LastChannels(options), .kernel = 1}, Activation()));
  return Sequential(std::move(parts));
}

struct MobileNetV2Model : Model {
  explicit MobileNetV2Model(const MobileNetV2& options)
      : in_channels(options.in_channels()),
        features(Add("features", Features(options))),
        classifier(Add("classifier", Sequential(Dropout(options.dropout()),
                                                Linear(LastChannels(options),
                                                       options.classes())))) {}

  at::Tensor Forward(const at::Tensor& input) override {
    return (*classifier)((*features)(input).mean({2, 3}));
  }
  std::vector<int64_t> ExampleShape() const override {
    return {in_channels, 224, 224};
  }
  std::string Describe() const override { return "MobileNetV2"; }

  int64_t in_channels;
  Layer features, classifier;
};

Made<Model> MakeMobileNetV2(const MobileNetV2& options) {
  RETURN_IF_ERROR(Together({Above("width", options.width(), 0),
                            AtLeast("classes", options.classes(), 1),
                            AtLeast("in_channels", options.in_channels(), 1),
                            Within("dropout", options.dropout(), 0, 1)}));
  const auto model = std::make_shared<MobileNetV2Model>(options);
  SetMobileNetValues(*model);
  return model;
}

TOQUE_PLUGIN(MakeMobileNetV2);

}  // namespace
}  // namespace toque
