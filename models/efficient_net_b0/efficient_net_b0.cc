#include <cmath>

#include "framework/core/model.h"
#include "framework/layers/initial.h"
#include "framework/layers/layers.h"
#include "framework/shared/inverted_residual.h"
#include "models/efficient_net_b0/efficient_net_b0.pb.h"

namespace toque {
namespace {

using recipe::EfficientNetB0;

struct Stage {
  int64_t expansion, kernel, stride, out, blocks;
};
// Table 1 of the paper; the first block of a stage has its stride.
constexpr Stage kStages[] = {
    {1, 3, 1, 16, 1},  {6, 3, 2, 24, 2},  {6, 5, 2, 40, 2}, {6, 3, 2, 80, 3},
    {6, 5, 1, 112, 3}, {6, 5, 2, 192, 4}, {6, 3, 1, 320, 1}};
constexpr int64_t kBlocks = 16;
constexpr int64_t kLast = 1280;

Layer Activation() { return Silu(Inplace::kYes); }

Layer Residual(const Stage& stage, int64_t in, int64_t stride,
               double drop_path) {
  const int64_t wide = in * stage.expansion;
  return InvertedResidual({.in = in,
                           .wide = wide,
                           .out = stage.out,
                           .kernel = stage.kernel,
                           .stride = stride,
                           .activation = Activation,
                           .excitation =
                               [&] {
                                 return SqueezeExcitation(
                                     wide, in / 4, Activation(), Sigmoid());
                               },
                           .stochastic_depth = DropPath(drop_path)});
}

Layer Features(const EfficientNetB0& options) {
  int64_t in = 32;
  std::vector<Layer> stages = {ConvNorm(
      {.in = options.in_channels(), .out = in, .stride = 2}, Activation())};
  int64_t done = 0;
  for (const Stage& stage : kStages) {
    std::vector<Layer> blocks;
    for (int64_t i = 0; i < stage.blocks; ++i) {
      const double depth = static_cast<double>(done++) / kBlocks;
      blocks.push_back(Residual(stage, in, i == 0 ? stage.stride : 1,
                                options.drop_path() * depth));
      in = stage.out;
    }
    stages.push_back(Sequential(std::move(blocks)));
  }
  stages.push_back(
      ConvNorm({.in = in, .out = kLast, .kernel = 1}, Activation()));
  return Sequential(std::move(stages));
}

struct EfficientNetB0Model : Model {
  explicit EfficientNetB0Model(const EfficientNetB0& options)
      : in_channels(options.in_channels()),
        features(Add("features", Features(options))),
        avgpool(Add("avgpool", GlobalAvgPool2d())),
        classifier(
            Add("classifier", Sequential(Dropout(options.dropout()),
                                         Linear(kLast, options.classes())))) {}

  at::Tensor Forward(const at::Tensor& input) override {
    return (*classifier)((*avgpool)((*features)(input)).flatten(1));
  }
  std::vector<int64_t> ExampleShape() const override {
    return {in_channels, 224, 224};
  }
  std::string Describe() const override { return "EfficientNetB0"; }

  int64_t in_channels;
  Layer features, avgpool, classifier;
};

// torchvision's.
void SetInitialValues(Block::Kind kind, const at::Tensor& weight,
                      const at::Tensor& bias) {
  if (kind == Block::Kind::kNorm) return;
  if (kind == Block::Kind::kConvolution) {
    SetKaimingNormal(weight, Fan::kOut);
  } else {
    SetUniform(weight, 1 / std::sqrt(static_cast<double>(weight.size(0))));
  }
  SetConstant(bias, 0);
}

Made<Model> MakeEfficientNetB0(const EfficientNetB0& options) {
  RETURN_IF_ERROR(Together({AtLeast("classes", options.classes(), 1),
                            AtLeast("in_channels", options.in_channels(), 1),
                            Within("dropout", options.dropout(), 0, 1),
                            Within("drop_path", options.drop_path(), 0, 1)}));
  const auto model = std::make_shared<EfficientNetB0Model>(options);
  SetEach(*model, SetInitialValues);
  return model;
}

TOQUE_PLUGIN(MakeEfficientNetB0);

}  // namespace
}  // namespace toque
