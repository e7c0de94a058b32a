#include "framework/shared/inverted_residual.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "framework/layers/initial.h"

namespace toque {
namespace {

struct SqueezeExcitationLayer : Block {
  SqueezeExcitationLayer(int64_t channels, int64_t squeezed, Layer activation,
                         Layer gate)
      : avgpool(Add("avgpool", GlobalAvgPool2d())),
        fc1(Add("fc1", Conv2d({.in = channels, .out = squeezed}))),
        fc2(Add("fc2", Conv2d({.in = squeezed, .out = channels}))),
        activation(Add("activation", std::move(activation))),
        scale_activation(Add("scale_activation", std::move(gate))) {}

  at::Tensor Forward(const at::Tensor& input) override {
    const at::Tensor squeezed = (*fc1)((*avgpool)(input));
    const at::Tensor scale = (*fc2)((*activation)(squeezed));
    return (*scale_activation)(scale).mul(input);
  }
  std::string Describe() const override { return "SqueezeExcitation"; }

  Layer avgpool, fc1, fc2, activation, scale_activation;
};

Layer Branch(const InvertedResidualOptions& options) {
  std::vector<Layer> parts;
  if (options.wide != options.in) {
    parts.push_back(ConvNorm({.in = options.in,
                              .out = options.wide,
                              .kernel = 1,
                              .norm = options.norm},
                             options.activation()));
  }
  parts.push_back(ConvNorm({.in = options.wide,
                            .out = options.wide,
                            .kernel = options.kernel,
                            .stride = options.stride,
                            .groups = options.wide,
                            .norm = options.norm},
                           options.activation()));
  if (options.excitation) parts.push_back(options.excitation());
  parts.push_back(ConvNorm({.in = options.wide,
                            .out = options.out,
                            .kernel = 1,
                            .norm = options.norm}));
  return Sequential(std::move(parts));
}

struct InvertedResidualLayer : Block {
  explicit InvertedResidualLayer(const InvertedResidualOptions& options)
      : adds_input(options.stride == 1 && options.in == options.out),
        block(Add("block", Branch(options))) {
    if (options.stochastic_depth == nullptr) return;
    stochastic_depth = Add("stochastic_depth", options.stochastic_depth);
  }

  at::Tensor Forward(const at::Tensor& input) override {
    const at::Tensor branch = (*block)(input);
    if (!adds_input) return branch;
    if (stochastic_depth == nullptr) return AddResidual(branch, input);
    return AddResidual((*stochastic_depth)(branch), input);
  }
  std::string Describe() const override { return "InvertedResidual"; }

  bool adds_input;
  Layer block, stochastic_depth;
};

}  // namespace

int64_t RoundedChannels(double channels) {
  const auto nearest = static_cast<int64_t>(channels + 4) / 8 * 8;
  const int64_t rounded = std::max<int64_t>(8, nearest);
  return static_cast<double>(rounded) < 0.9 * channels ? rounded + 8 : rounded;
}

Layer ConvNorm(const ConvNormOptions& options, Layer activation) {
  std::vector<Layer> parts = {Conv2d({.in = options.in,
                                      .out = options.out,
                                      .kernel = options.kernel,
                                      .stride = options.stride,
                                      .padding = options.kernel / 2,
                                      .groups = options.groups,
                                      .bias = Bias::kNo}),
                              BatchNorm2d(options.out, options.norm)};
  if (activation != nullptr) parts.push_back(std::move(activation));
  return Sequential(std::move(parts));
}

Layer SqueezeExcitation(int64_t channels, int64_t squeezed, Layer activation,
                        Layer gate) {
  return std::make_shared<SqueezeExcitationLayer>(
      channels, squeezed, std::move(activation), std::move(gate));
}

Layer InvertedResidual(const InvertedResidualOptions& options) {
  return std::make_shared<InvertedResidualLayer>(options);
}

void SetMobileNetValues(const Block& model) {
  SetEach(model, [](Block::Kind kind, const at::Tensor& weight,
                    const at::Tensor& bias) {
    if (kind == Block::Kind::kNorm) return;
    if (kind == Block::Kind::kConvolution) {
      SetKaimingNormal(weight, Fan::kOut);
    } else {
      SetNormal(weight, 0.01);
    }
    SetConstant(bias, 0);
  });
}

}  // namespace toque
