// Layers: the blocks that models are made of.
//
// Parameters and buffers have the names of PyTorch's modules and begin with the
// values that PyTorch draws from the same seed, so weights interchange. N is
// the batch, C are channels. An input that doesn't fit is reported by throwing.

#ifndef TOQUE_FRAMEWORK_LAYERS_LAYERS_H_
#define TOQUE_FRAMEWORK_LAYERS_LAYERS_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "framework/layers/block.h"
#include "framework/layers/spatial.h"

namespace toque {

using Layer = std::shared_ptr<Block>;

// Its parts one after the other; they are called "0", "1", ...
Layer Sequential(std::vector<Layer> parts);
template <typename... Parts>
Layer Sequential(Parts... parts) {
  return Sequential(std::vector<Layer>{std::move(parts)...});
}
// The same with names of their own, in this order.
Layer NamedSequential(std::vector<std::pair<std::string, Layer>> parts);

enum class Bias { kYes, kNo };
// [..., in] to [..., out].
Layer Linear(int64_t in, int64_t out, Bias bias = Bias::kYes);
// int64 [...] of 0 .. words-1 to [..., features].
Layer Embedding(int64_t words, int64_t features);
// [N, ...] to [N, the rest]; copies where a view won't do.
Layer Flatten();
// In training sets each value to 0 with this probability, scales the others up.
Layer Dropout(double probability);
// Stochastic depth (Huang et al., 2016): in training sets whole examples to 0
// with this probability, scales the others up. [N, ...].
Layer DropPath(double probability);

// Convolutions: [N, in, sizes...] to [N, out, sizes...].
template <size_t kDimensions>
struct ConvOptions {
  int64_t in = 1;
  int64_t out = 1;
  Spatial<kDimensions> kernel = 1;
  Spatial<kDimensions> stride = 1;
  Spatial<kDimensions> padding = 0;
  Spatial<kDimensions> dilation = 1;
  int64_t groups = 1;
  Bias bias = Bias::kYes;
};
Layer Conv1d(const ConvOptions<1>& options);
Layer Conv2d(const ConvOptions<2>& options);
Layer Conv3d(const ConvOptions<3>& options);
Layer ConvTranspose2d(const ConvOptions<2>& options,
                      Spatial<2> output_padding = 0);

struct BatchNormOptions {
  double eps = 1e-5;
  double momentum = 0.1;  // share of the new in the running statistics
  // Weight and bias, or neither.
  enum class Affine { kYes, kNo } affine = Affine::kYes;
  // Without running statistics evaluation, too, is by those of the batch.
  enum class Running { kYes, kNo } running = Running::kYes;
};
// [N, C] or [N, C, L]; [N, C, H, W]; [N, C, T, H, W].
Layer BatchNorm1d(int64_t channels, const BatchNormOptions& options = {});
Layer BatchNorm2d(int64_t channels, const BatchNormOptions& options = {});
Layer BatchNorm3d(int64_t channels, const BatchNormOptions& options = {});
// Over the last dimensions, which are `shape`.
Layer LayerNorm(std::vector<int64_t> shape, double eps = 1e-5);
// [N, C, ...], over C / groups channels at a time.
Layer GroupNorm(int64_t groups, int64_t channels, double eps = 1e-5);
// [N, C, H, W], without parameters.
Layer InstanceNorm2d(int64_t channels, double eps = 1e-5);

enum class Rounding { kDown, kUp };
// Pooling: [N, C, H, W]; padding counts in an average.
struct PoolOptions {
  Spatial<2> kernel = 2;
  Spatial<2> stride = kernel;
  Spatial<2> padding = 0;
  Rounding output_size = Rounding::kDown;
};
Layer MaxPool2d(const PoolOptions& options);
Layer AvgPool2d(const PoolOptions& options);
// To [N, C, 1, 1].
Layer GlobalAvgPool2d();
// To [N, C, size]: each value the mean over its share of the input.
Layer AdaptiveAvgPool2d(Spatial<2> size);

// In place saves memory and overwrites the input; not done where someone keeps
// it, an observer or a part that is recomputed.
enum class Inplace { kNo, kYes };
Layer Relu(Inplace inplace = Inplace::kNo);
Layer Relu6(Inplace inplace = Inplace::kNo);
Layer LeakyRelu(double slope = 0.01);
Layer Gelu();
// x sigmoid(x), also called swish.
Layer Silu(Inplace inplace = Inplace::kNo);
Layer Sigmoid();
Layer Tanh();
// relu6(x + 3) / 6, and x times that.
Layer Hardsigmoid(Inplace inplace = Inplace::kNo);
Layer Hardswish(Inplace inplace = Inplace::kNo);

// The sum of both, in the memory of `branch` where nobody keeps that: the end
// of a residual block, whose branch the block made itself.
at::Tensor AddResidual(const at::Tensor& branch, const at::Tensor& input);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_LAYERS_LAYERS_H_
