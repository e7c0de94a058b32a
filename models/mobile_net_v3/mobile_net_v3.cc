#include <span>

#include "framework/core/model.h"
#include "framework/layers/layers.h"
#include "framework/shared/inverted_residual.h"
#include "models/mobile_net_v3/mobile_net_v3.pb.h"

namespace toque {
namespace {

using recipe::MobileNetV3;

constexpr BatchNormOptions kNorm = {.eps = 1e-3, .momentum = 0.01};

enum Excitation { kPlain, kExcited };
enum Activation { kRelu, kHardswish };

struct Row {
  int64_t kernel, wide, out;
  Excitation excitation;
  Activation activation;
  int64_t stride;
};
// Tables 1 and 2 of the paper.
constexpr Row kLarge[] = {{3, 16, 16, kPlain, kRelu, 1},
                          {3, 64, 24, kPlain, kRelu, 2},
                          {3, 72, 24, kPlain, kRelu, 1},
                          {5, 72, 40, kExcited, kRelu, 2},
                          {5, 120, 40, kExcited, kRelu, 1},
                          {5, 120, 40, kExcited, kRelu, 1},
                          {3, 240, 80, kPlain, kHardswish, 2},
                          {3, 200, 80, kPlain, kHardswish, 1},
                          {3, 184, 80, kPlain, kHardswish, 1},
                          {3, 184, 80, kPlain, kHardswish, 1},
                          {3, 480, 112, kExcited, kHardswish, 1},
                          {3, 672, 112, kExcited, kHardswish, 1},
                          {5, 672, 160, kExcited, kHardswish, 2},
                          {5, 960, 160, kExcited, kHardswish, 1},
                          {5, 960, 160, kExcited, kHardswish, 1}};
constexpr Row kSmall[] = {{3, 16, 16, kExcited, kRelu, 2},
                          {3, 72, 24, kPlain, kRelu, 2},
                          {3, 88, 24, kPlain, kRelu, 1},
                          {5, 96, 40, kExcited, kHardswish, 2},
                          {5, 240, 40, kExcited, kHardswish, 1},
                          {5, 240, 40, kExcited, kHardswish, 1},
                          {5, 120, 48, kExcited, kHardswish, 1},
                          {5, 144, 48, kExcited, kHardswish, 1},
                          {5, 288, 96, kExcited, kHardswish, 2},
                          {5, 576, 96, kExcited, kHardswish, 1},
                          {5, 576, 96, kExcited, kHardswish, 1}};

Layer Make(Activation activation) {
  return activation == kRelu ? Relu(Inplace::kYes) : Hardswish(Inplace::kYes);
}

struct MobileNetV3Model : Model {
  explicit MobileNetV3Model(const MobileNetV3& options) : options(options) {
    const bool large = options.size() == MobileNetV3::LARGE;
    const auto rows = large ? std::span<const Row>(kLarge) : kSmall;
    const int64_t wide = 6 * Channels(rows.back().out);
    const int64_t last = Channels(large ? 1280 : 1024);
    features = Add("features", Features(rows, wide));
    avgpool = Add("avgpool", GlobalAvgPool2d());
    classifier = Add("classifier",
                     Sequential(Linear(wide, last), Hardswish(Inplace::kYes),
                                Dropout(options.dropout()),
                                Linear(last, options.classes())));
  }

  int64_t Channels(int64_t published) const {
    return RoundedChannels(static_cast<double>(published) * options.width());
  }

  Layer Features(std::span<const Row> rows, int64_t wide) const {
    int64_t in = Channels(16);
    std::vector<Layer> parts = {ConvNorm(
        {.in = options.in_channels(), .out = in, .stride = 2, .norm = kNorm},
        Make(kHardswish))};
    for (const Row& row : rows) {
      parts.push_back(Residual(row, in));
      in = Channels(row.out);
    }
    parts.push_back(ConvNorm(
        {.in = in, .out = wide, .kernel = 1, .norm = kNorm}, Make(kHardswish)));
    return Sequential(std::move(parts));
  }

  Layer Residual(const Row& row, int64_t in) const {
    const int64_t wide = Channels(row.wide);
    InvertedResidualOptions residual = {
        .in = in,
        .wide = wide,
        .out = Channels(row.out),
        .kernel = row.kernel,
        .stride = row.stride,
        .norm = kNorm,
        .activation = [&] { return Make(row.activation); }};
    if (row.excitation == kExcited) {
      residual.excitation = [wide] {
        const auto squeezed = RoundedChannels(static_cast<double>(wide / 4));
        return SqueezeExcitation(wide, squeezed, Relu(), Hardsigmoid());
      };
    }
    return InvertedResidual(residual);
  }

  at::Tensor Forward(const at::Tensor& input) override {
    return (*classifier)((*avgpool)((*features)(input)).flatten(1));
  }
  std::vector<int64_t> ExampleShape() const override {
    return {options.in_channels(), 224, 224};
  }
  std::string Describe() const override { return "MobileNetV3"; }

  const MobileNetV3 options;
  Layer features, avgpool, classifier;
};

Made<Model> MakeMobileNetV3(const MobileNetV3& options) {
  RETURN_IF_ERROR(Together({Above("width", options.width(), 0),
                            AtLeast("classes", options.classes(), 1),
                            AtLeast("in_channels", options.in_channels(), 1),
                            Within("dropout", options.dropout(), 0, 1)}));
  const auto model = std::make_shared<MobileNetV3Model>(options);
  SetMobileNetValues(*model);
  return model;
}

TOQUE_PLUGIN(MakeMobileNetV3);

}  // namespace
}  // namespace toque
