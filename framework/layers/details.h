// What the layers share; not for models.

#ifndef TOQUE_FRAMEWORK_LAYERS_DETAILS_H_
#define TOQUE_FRAMEWORK_LAYERS_DETAILS_H_

#include <cstddef>
#include <cstdint>

#include "ATen/core/Tensor.h"

namespace toque {

// Drawn from the default generator: uniform in [-bound, bound).
at::Tensor Uniform(at::IntArrayRef shape, double bound);
// The inputs of one output of a weight [out, in, kernel...].
int64_t FanIn(at::IntArrayRef weight_shape);
// A weight and a bias as PyTorch's linear and convolution layers begin:
// kaiming_uniform_(a=sqrt(5)), and uniform within 1 / sqrt(fan_in).
at::Tensor InitialWeight(at::IntArrayRef shape);
at::Tensor InitialBias(int64_t size, at::IntArrayRef weight_shape);

// Throws unless the input is [N, channels] and as many spatial dimensions.
void CheckChannels(const at::Tensor& input, int64_t channels,
                   int64_t dimensions);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_LAYERS_DETAILS_H_
