#include "ATen/ops/full.h"
#include "ATen/ops/layer_norm.h"
#include "ATen/ops/ones.h"
#include "ATen/ops/zeros.h"
#include "framework/core/check_shape.h"
#include "framework/core/model.h"
#include "framework/layers/initial.h"
#include "framework/layers/layers.h"
#include "models/conv_next/conv_next.pb.h"

namespace toque {
namespace {

using recipe::ConvNeXt;

constexpr double kEps = 1e-6;
constexpr double kLayerScale = 1e-6;

struct Plan {
  int64_t blocks[4];
  int64_t channels[4];
  double drop_path;
};
// By ConvNeXt::Size.
constexpr Plan kPlans[] = {{{3, 3, 9, 3}, {96, 192, 384, 768}, 0.1},
                           {{3, 3, 27, 3}, {96, 192, 384, 768}, 0.4},
                           {{3, 3, 27, 3}, {128, 256, 512, 1024}, 0.5},
                           {{3, 3, 27, 3}, {192, 384, 768, 1536}, 0.5}};

// Layer norm over the channels of each pixel of [N, C, H, W].
struct PixelNorm : Block {
  explicit PixelNorm(int64_t channels)
      : weight(register_parameter("weight", at::ones(channels))),
        bias(register_parameter("bias", at::zeros(channels))) {}

  at::Tensor Forward(const at::Tensor& input) override {
    CHECK_SHAPE(input, {kAny, weight.size(0), kAny, kAny});
    return at::layer_norm(input.permute({0, 2, 3, 1}), weight.sizes(), weight,
                          bias, kEps)
        .permute({0, 3, 1, 2});
  }
  Kind kind() const override { return Kind::kNorm; }
  std::string Describe() const override { return "PixelNorm"; }

  at::Tensor weight, bias;  // [C]
};

struct Permute : Block {
  explicit Permute(std::vector<int64_t> order) : order(std::move(order)) {}

  at::Tensor Forward(const at::Tensor& input) override {
    return input.permute(order);
  }
  std::string Describe() const override { return "Permute"; }

  std::vector<int64_t> order;
};

Layer Branch(int64_t channels) {
  return Sequential(
      Conv2d({.in = channels,
              .out = channels,
              .kernel = 7,
              .padding = 3,
              .groups = channels}),
      Layer(std::make_shared<Permute>(std::vector<int64_t>{0, 2, 3, 1})),
      LayerNorm({channels}, kEps), Linear(channels, 4 * channels), Gelu(),
      Linear(4 * channels, channels),
      Layer(std::make_shared<Permute>(std::vector<int64_t>{0, 3, 1, 2})));
}

struct Residual : Block {
  Residual(int64_t channels, double drop_path)
      : layer_scale(register_parameter(
            "layer_scale", at::full({channels, 1, 1}, kLayerScale))),
        block(Add("block", Branch(channels))),
        stochastic_depth(Add("stochastic_depth", DropPath(drop_path))) {}

  at::Tensor Forward(const at::Tensor& input) override {
    const at::Tensor branch = (*block)(input).mul(layer_scale);
    return AddResidual((*stochastic_depth)(branch), input);
  }
  std::string Describe() const override { return "Residual"; }

  at::Tensor layer_scale;  // [C, 1, 1]
  Layer block, stochastic_depth;
};

// A norm and a convolution of `size` x `size` pixels into one.
Layer Reduction(int64_t in, int64_t out) {
  return Sequential(Layer(std::make_shared<PixelNorm>(in)),
                    Conv2d({.in = in, .out = out, .kernel = 2, .stride = 2}));
}

Layer Features(int64_t in_channels, const Plan& plan, double drop_path) {
  std::vector<Layer> parts = {
      Sequential(Conv2d({.in = in_channels,
                         .out = plan.channels[0],
                         .kernel = 4,
                         .stride = 4}),
                 Layer(std::make_shared<PixelNorm>(plan.channels[0])))};
  int64_t all = 0, done = 0;
  for (const int64_t blocks : plan.blocks) all += blocks;
  for (size_t stage = 0; stage < 4; ++stage) {
    const int64_t channels = plan.channels[stage];
    std::vector<Layer> blocks;
    for (int64_t i = 0; i < plan.blocks[stage]; ++i) {
      const double depth =
          static_cast<double>(done++) / static_cast<double>(all - 1);
      blocks.push_back(std::make_shared<Residual>(channels, drop_path * depth));
    }
    parts.push_back(Sequential(std::move(blocks)));
    if (stage < 3) {
      parts.push_back(Reduction(channels, plan.channels[stage + 1]));
    }
  }
  return Sequential(std::move(parts));
}

struct ConvNeXtModel : Model {
  ConvNeXtModel(const ConvNeXt& options, const Plan& plan)
      : in_channels(options.in_channels()),
        features(Add("features",
                     Features(in_channels, plan,
                              options.has_drop_path() ? options.drop_path()
                                                      : plan.drop_path))),
        avgpool(Add("avgpool", GlobalAvgPool2d())),
        classifier(
            Add("classifier",
                Sequential(Layer(std::make_shared<PixelNorm>(plan.channels[3])),
                           Flatten(),
                           Linear(plan.channels[3], options.classes())))) {}

  at::Tensor Forward(const at::Tensor& input) override {
    return (*classifier)((*avgpool)((*features)(input)));
  }
  std::vector<int64_t> ExampleShape() const override {
    return {in_channels, 224, 224};
  }
  std::string Describe() const override { return "ConvNeXt"; }

  int64_t in_channels;
  Layer features, avgpool, classifier;
};

Made<Model> MakeConvNeXt(const ConvNeXt& options) {
  RETURN_IF_ERROR(Together({AtLeast("classes", options.classes(), 1),
                            AtLeast("in_channels", options.in_channels(), 1),
                            Within("drop_path", options.drop_path(), 0, 1)}));
  const auto model =
      std::make_shared<ConvNeXtModel>(options, kPlans[options.size()]);
  SetEach(*model, [](Block::Kind kind, const at::Tensor& weight,
                     const at::Tensor& bias) {
    if (kind == Block::Kind::kNorm) return;
    SetTruncatedNormal(weight, 0.02);
    SetConstant(bias, 0);
  });
  return model;
}

TOQUE_PLUGIN(MakeConvNeXt);

}  // namespace
}  // namespace toque
