#include <algorithm>
#include <cmath>

#include "ATen/ops/constant_pad_nd.h"
#include "framework/core/model.h"
#include "framework/layers/layers.h"
#include "framework/shared/inverted_residual.h"
#include "models/efficient_net_lite/efficient_net_lite.pb.h"

namespace toque {
namespace {

using recipe::EfficientNetLite;

struct Scale {
  double width, depth, dropout;
  int64_t side;  // of the pictures it was published for
};
// By EfficientNetLite::Size.
constexpr Scale kScales[] = {{1.0, 1.0, 0.2, 224},
                             {1.0, 1.1, 0.2, 240},
                             {1.1, 1.2, 0.3, 260},
                             {1.2, 1.4, 0.3, 280},
                             {1.4, 1.8, 0.3, 300}};
const Scale& ScaleOf(const EfficientNetLite& options) {
  return kScales[options.size()];
}

struct Stage {
  int64_t blocks, kernel, stride, expansion, out;
};
// Of LITE0; the first block of a stage has its stride.
constexpr Stage kStages[] = {
    {1, 3, 1, 1, 16},  {2, 3, 2, 6, 24},  {2, 5, 2, 6, 40}, {3, 3, 2, 6, 80},
    {3, 5, 1, 6, 112}, {4, 5, 2, 6, 192}, {1, 3, 1, 6, 320}};
constexpr int64_t kLast = 1280;

Layer Norm(int64_t channels) {
  return BatchNorm2d(channels, {.eps = 1e-3, .momentum = 0.01});
}

// A convolution that makes a picture of 1 / stride of the size, rounded up.
// As in TensorFlow, padding that is odd is greater at the right and the bottom:
// at stride 2 it is Padded()'s.
Layer Convolution(int64_t in, int64_t out, int64_t kernel, int64_t stride = 1,
                  int64_t groups = 1) {
  return Conv2d({.in = in,
                 .out = out,
                 .kernel = kernel,
                 .stride = stride,
                 .padding = stride == 1 ? kernel / 2 : 0,
                 .groups = groups,
                 .bias = Bias::kNo});
}

at::Tensor Padded(const at::Tensor& input, int64_t kernel, int64_t stride) {
  if (stride == 1) return input;
  const auto padding = [&](int64_t size) {
    const int64_t out = (size + stride - 1) / stride;
    return std::max<int64_t>(0, (out - 1) * stride + kernel - size);
  };
  const int64_t height = padding(input.size(-2)),
                width = padding(input.size(-1));
  return at::constant_pad_nd(
      input, {width / 2, width - width / 2, height / 2, height - height / 2});
}

struct Bottleneck : Block {
  Bottleneck(const Stage& stage, int64_t in, int64_t out, int64_t stride,
             double drop_path)
      : kernel(stage.kernel), stride(stride) {
    const int64_t wide = in * stage.expansion;
    if (stage.expansion != 1) {
      expand = Add("_expand_conv", Convolution(in, wide, 1));
      norm0 = Add("_bn0", Norm(wide));
    }
    depthwise =
        Add("_depthwise_conv", Convolution(wide, wide, kernel, stride, wide));
    norm1 = Add("_bn1", Norm(wide));
    project = Add("_project_conv", Convolution(wide, out, 1));
    norm2 = Add("_bn2", Norm(out));
    relu = Add("_swish", Relu6(Inplace::kYes));
    if (stride == 1 && in == out) {
      // Python's has no name, and is no part of the others.
      skip = Add("_drop_connect", DropPath(drop_path));
    }
  }

  at::Tensor Forward(const at::Tensor& input) override {
    at::Tensor maps = input;
    if (expand != nullptr) maps = (*relu)((*norm0)((*expand)(maps)));
    maps = (*depthwise)(Padded(maps, kernel, stride));
    maps = (*norm2)((*project)((*relu)((*norm1)(maps))));
    return skip == nullptr ? maps : AddResidual((*skip)(maps), input);
  }
  std::string Describe() const override { return "InvertedResidual"; }

  int64_t kernel, stride;
  Layer expand, norm0, depthwise, norm1, project, norm2, relu, skip;
};

// Those of the first and the last stage are not multiplied.
int64_t BlocksOf(const Stage& stage, const EfficientNetLite& options) {
  const bool outer =
      &stage == std::begin(kStages) || &stage == std::end(kStages) - 1;
  const auto blocks = static_cast<double>(stage.blocks);
  return outer ? stage.blocks
               : std::lround(std::ceil(ScaleOf(options).depth * blocks));
}

Layer Blocks(const EfficientNetLite& options) {
  int64_t all = 0;
  for (const Stage& stage : kStages) all += BlocksOf(stage, options);
  std::vector<Layer> blocks;
  int64_t in = 32;
  for (const Stage& stage : kStages) {
    const int64_t out = RoundedChannels(static_cast<double>(stage.out) *
                                        ScaleOf(options).width);
    for (int64_t i = 0; i < BlocksOf(stage, options); ++i) {
      const double depth =
          static_cast<double>(blocks.size()) / static_cast<double>(all);
      blocks.push_back(std::make_shared<Bottleneck>(
          stage, in, out, i == 0 ? stage.stride : 1,
          options.drop_path() * depth));
      in = out;
    }
  }
  return Sequential(std::move(blocks));
}

struct EfficientNetLiteModel : Model {
  explicit EfficientNetLiteModel(const EfficientNetLite& options)
      : in_channels(options.in_channels()),
        side(ScaleOf(options).side),
        stem(Add("_conv_stem", Convolution(in_channels, 32, 3, 2))),
        norm0(Add("_bn0", Norm(32))),
        blocks(Add("_blocks", Blocks(options))) {
    const double in = 320 * ScaleOf(options).width;
    head = Add("_conv_head", Convolution(RoundedChannels(in), kLast, 1));
    norm1 = Add("_bn1", Norm(kLast));
    pool = Add("_avg_pooling", GlobalAvgPool2d());
    dropout = Add("_dropout",
                  Dropout(options.has_dropout() ? options.dropout()
                                                : ScaleOf(options).dropout));
    fc = Add("_fc", Linear(kLast, options.classes()));
    relu = Add("_swish", Relu6(Inplace::kYes));
  }

  at::Tensor Forward(const at::Tensor& input) override {
    at::Tensor maps = (*norm0)((*stem)(Padded(input, 3, 2)));
    maps = (*blocks)((*relu)(maps));
    maps = (*relu)((*norm1)((*head)(maps)));
    return (*fc)((*dropout)((*pool)(maps).flatten(1)));
  }
  std::vector<int64_t> ExampleShape() const override {
    return {in_channels, side, side};
  }
  std::string Describe() const override { return "EfficientNetLite"; }

  int64_t in_channels, side;
  Layer stem, norm0, blocks, head, norm1, pool, dropout, fc, relu;
};

Made<Model> MakeEfficientNetLite(const EfficientNetLite& options) {
  RETURN_IF_ERROR(Together({AtLeast("classes", options.classes(), 1),
                            AtLeast("in_channels", options.in_channels(), 1),
                            Within("dropout", options.dropout(), 0, 1),
                            Within("drop_path", options.drop_path(), 0, 1)}));
  return std::make_shared<EfficientNetLiteModel>(options);
}

TOQUE_PLUGIN(MakeEfficientNetLite);

}  // namespace
}  // namespace toque
