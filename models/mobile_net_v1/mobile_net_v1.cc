#include <algorithm>

#include "framework/core/model.h"
#include "framework/layers/layers.h"
#include "models/mobile_net_v1/mobile_net_v1.pb.h"

namespace toque {
namespace {

using recipe::MobileNetV1;

// Parts of one convolution, followed by batch norm and the activation.
void Append(const ConvOptions<2>& convolution, double slope,
            std::vector<Layer>* parts) {
  parts->push_back(Conv2d(convolution));
  parts->push_back(BatchNorm2d(convolution.out));
  parts->push_back(LeakyRelu(slope));
}

// The channels one by one, then all together.
Layer SeparableConvolution(int64_t in, int64_t out, int64_t stride,
                           double slope) {
  std::vector<Layer> parts;
  Append({.in = in,
          .out = in,
          .kernel = 3,
          .stride = stride,
          .padding = 1,
          .groups = in,
          .bias = Bias::kNo},
         slope, &parts);
  Append({.in = in, .out = out, .bias = Bias::kNo}, slope, &parts);
  return Sequential(std::move(parts));
}

struct MobileNetV1Model : Model {
  explicit MobileNetV1Model(const MobileNetV1& options)
      : options(options),
        stage1(Add("stage1", FirstStage())),
        stage2(Add("stage2", Stage(256, {512, 512, 512, 512, 512, 512}))),
        stage3(Add("stage3", Stage(512, {1024, 1024}))),
        avg(Add("avg", GlobalAvgPool2d())),
        fc(Add("fc", Linear(Channels(1024), options.classes()))) {}

  int64_t Channels(int64_t published) const {
    const double channels = static_cast<double>(published) * options.width();
    return std::max<int64_t>(1, static_cast<int64_t>(channels));
  }

  Layer FirstStage() const {
    std::vector<Layer> stem;
    Append({.in = options.in_channels(),
            .out = Channels(32),
            .kernel = 3,
            .stride = 2,
            .padding = 1,
            .bias = Bias::kNo},
           options.slope(), &stem);
    std::vector<Layer> parts = {Sequential(std::move(stem))};
    int64_t in = 32;
    for (const int64_t out : {64, 128, 128, 256, 256}) {
      // The picture is halved wherever channels are doubled, but for the first.
      parts.push_back(Separable(in, out, in == out || in == 32 ? 1 : 2));
      in = out;
    }
    return Sequential(std::move(parts));
  }

  // The first of its convolutions halves the picture.
  Layer Stage(int64_t in, const std::vector<int64_t>& widths) const {
    std::vector<Layer> parts;
    for (const int64_t out : widths) {
      parts.push_back(Separable(in, out, parts.empty() ? 2 : 1));
      in = out;
    }
    return Sequential(std::move(parts));
  }

  Layer Separable(int64_t in, int64_t out, int64_t stride) const {
    return SeparableConvolution(Channels(in), Channels(out), stride,
                                options.slope());
  }

  at::Tensor Forward(const at::Tensor& input) override {
    const at::Tensor maps = (*stage3)((*stage2)((*stage1)(input)));
    return (*fc)((*avg)(maps).flatten(1));
  }
  std::vector<int64_t> ExampleShape() const override {
    return {options.in_channels(), 224, 224};
  }
  std::string Describe() const override { return "MobileNetV1"; }

  const MobileNetV1 options;
  Layer stage1, stage2, stage3, avg, fc;
};

Made<Model> MakeMobileNetV1(const MobileNetV1& options) {
  RETURN_IF_ERROR(Together({Above("width", options.width(), 0),
                            AtLeast("classes", options.classes(), 1),
                            AtLeast("in_channels", options.in_channels(), 1),
                            AtLeast("slope", options.slope(), 0)}));
  return std::make_shared<MobileNetV1Model>(options);
}

TOQUE_PLUGIN(MakeMobileNetV1);

}  // namespace
}  // namespace toque
