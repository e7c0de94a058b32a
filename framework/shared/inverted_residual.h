// The parts that MobileNets and EfficientNets have in common, with the names
// of torchvision's. [N, in, H, W] to [N, out, H', W'].

#ifndef TOQUE_FRAMEWORK_SHARED_INVERTED_RESIDUAL_H_
#define TOQUE_FRAMEWORK_SHARED_INVERTED_RESIDUAL_H_

#include <cstdint>
#include <functional>

#include "framework/layers/layers.h"

namespace toque {

// The multiple of 8 next to `channels`, at least 8 and never below nine tenths
// of it: how these nets round their widths.
int64_t RoundedChannels(double channels);

struct ConvNormOptions {
  int64_t in = 1;
  int64_t out = 1;
  int64_t kernel = 3;  // odd; padded by half of it
  int64_t stride = 1;
  int64_t groups = 1;
  BatchNormOptions norm = {};
};
// A convolution without bias, batch norm and, unless it is null, the
// activation; parts "0", "1" and "2".
Layer ConvNorm(const ConvNormOptions& options, Layer activation = nullptr);

// Squeeze-and-excitation (Hu et al., 2018): each channel times a factor between
// 0 and 1 that `gate` makes, computed from the means of all channels by two
// linear maps with `activation` between. Parts avgpool, fc1, fc2, activation,
// scale_activation.
Layer SqueezeExcitation(int64_t channels, int64_t squeezed, Layer activation,
                        Layer gate);

struct InvertedResidualOptions {
  int64_t in = 1;
  int64_t wide = 1;  // channels of the depthwise convolution
  int64_t out = 1;
  int64_t kernel = 3;  // of the depthwise convolution
  int64_t stride = 1;
  BatchNormOptions norm = {};
  std::function<Layer()> activation = {};
  // Behind the depthwise convolution; may be empty.
  std::function<Layer()> excitation = {};
  Layer stochastic_depth = nullptr;  // of the branch; may be null
};
// Widens by a 1x1 convolution where `wide` differs from `in`, filters each
// channel, narrows, and adds the input where that has the output's shape
// (Sandler et al., 2018). Parts block and, if given, stochastic_depth.
Layer InvertedResidual(const InvertedResidualOptions& options);

// How torchvision's MobileNets begin: convolutions by Kaiming's normal values
// of the fan out, linear layers by a deviation of 0.01, without biases.
void SetMobileNetValues(const Block& model);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_SHARED_INVERTED_RESIDUAL_H_
