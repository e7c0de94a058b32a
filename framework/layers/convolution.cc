#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ATen/ops/conv1d.h"
#include "ATen/ops/conv2d.h"
#include "ATen/ops/conv3d.h"
#include "ATen/ops/conv_transpose2d.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "c10/core/GradMode.h"
#include "framework/layers/channel_map.h"
#include "framework/layers/details.h"
#include "framework/layers/layers.h"

namespace toque {
namespace {

// What convolutions of both directions have; `weight_shape` lacks the kernel.
template <size_t kDimensions>
struct ConvolutionBase : Block {
  ConvolutionBase(std::string name, const ConvOptions<kDimensions>& options,
                  std::vector<int64_t> weight_shape)
      : name(std::move(name)), options(options) {
    const auto& kernel = options.kernel.each;
    weight_shape.insert(weight_shape.end(), kernel.begin(), kernel.end());
    weight = register_parameter("weight", InitialWeight(weight_shape));
    if (options.bias == Bias::kNo) return;
    bias = register_parameter("bias", InitialBias(options.out, weight_shape));
  }

  Block::Kind kind() const override { return Block::Kind::kConvolution; }
  std::string Describe() const override {
    return absl::StrCat(name, "(", options.in, ", ", options.out, ", kernel ",
                        absl::StrJoin(options.kernel.each, "x"), ")");
  }

  std::string name;
  ConvOptions<kDimensions> options;
  at::Tensor weight;
  at::Tensor bias;  // [out], or undefined
};

// at::conv1d, at::conv2d or at::conv3d.
using ConvFunction = at::Tensor (*)(const at::Tensor& input,
                                    const at::Tensor& weight,
                                    const std::optional<at::Tensor>& bias,
                                    at::IntArrayRef stride,
                                    at::IntArrayRef padding,
                                    at::IntArrayRef dilation, int64_t groups);

template <size_t kDimensions, ConvFunction kConvolve>
struct Convolution : ConvolutionBase<kDimensions>, TakesChannelMap {
  explicit Convolution(const ConvOptions<kDimensions>& options)
      : ConvolutionBase<kDimensions>(
            absl::StrCat("Conv", kDimensions, "d"), options,
            {options.out, options.in / options.groups}) {}

  at::Tensor Forward(const at::Tensor& input) override {
    const auto& options = this->options;
    CheckChannels(input, options.in, kDimensions);
    return kConvolve(input, this->weight, this->bias, options.stride,
                     options.padding, options.dilation, options.groups);
  }

  int64_t Macs(const at::Tensor&, const at::Tensor& output) const override {
    return output.numel() * FanIn(this->weight.sizes());
  }

  void TakeChannelMap(const ChannelMap& map) override {
    const c10::AutoGradMode no_gradients(false);
    at::Tensor& weight = this->weight;
    std::vector<int64_t> outputs(kDimensions + 2, 1);
    outputs[0] = this->options.out;
    weight.copy_(weight.to(at::kDouble) * map.scale.view(outputs));
    at::Tensor shift = map.shift;
    if (this->bias.defined()) {
      shift = this->bias.to(at::kDouble) * map.scale + shift;
    }
    this->bias = shift.to(weight.scalar_type());
  }
};

struct TransposedConvolution : ConvolutionBase<2> {
  TransposedConvolution(const ConvOptions<2>& options,
                        Spatial<2> output_padding)
      : ConvolutionBase("ConvTranspose2d", options,
                        {options.in, options.out / options.groups}),
        output_padding(output_padding) {}

  at::Tensor Forward(const at::Tensor& input) override {
    CheckChannels(input, options.in, 2);
    return at::conv_transpose2d(input, weight, bias, options.stride,
                                options.padding, output_padding, options.groups,
                                options.dilation);
  }

  int64_t Macs(const at::Tensor& input, const at::Tensor&) const override {
    return input.numel() * FanIn(weight.sizes());
  }

  Spatial<2> output_padding;
};

}  // namespace

Layer Conv1d(const ConvOptions<1>& options) {
  return std::make_shared<Convolution<1, at::conv1d>>(options);
}

Layer Conv2d(const ConvOptions<2>& options) {
  return std::make_shared<Convolution<2, at::conv2d>>(options);
}

Layer Conv3d(const ConvOptions<3>& options) {
  return std::make_shared<Convolution<3, at::conv3d>>(options);
}

Layer ConvTranspose2d(const ConvOptions<2>& options,
                      Spatial<2> output_padding) {
  return std::make_shared<TransposedConvolution>(options, output_padding);
}

}  // namespace toque
