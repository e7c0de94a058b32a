#include "ATen/ops/constant_pad_nd.h"
#include "framework/core/model.h"
#include "framework/layers/layers.h"
#include "models/cifar_resnet/cifar_resnet.pb.h"

namespace toque {
namespace {

using recipe::CifarResNet;

Layer Convolution(int64_t in, int64_t out, int64_t kernel, int64_t stride) {
  return Conv2d({.in = in,
                 .out = out,
                 .kernel = kernel,
                 .stride = stride,
                 .padding = kernel / 2,
                 .bias = Bias::kNo});
}

// Every second pixel; zeros for new channels, half of them on each side.
struct ZeroPadding : Block {
  explicit ZeroPadding(int64_t channels) : channels(channels) {}

  at::Tensor Forward(const at::Tensor& input) override {
    const at::Tensor pixels = input.slice(2, 0, {}, 2).slice(3, 0, {}, 2);
    return at::constant_pad_nd(pixels,
                               {0, 0, 0, 0, channels / 2, channels / 2});
  }
  std::string Describe() const override { return "ZeroPadding"; }

  int64_t channels;  // that are new
};

// What leads past a block that halves the picture.
Layer MakeShortcut(CifarResNet::Shortcut shortcut, int64_t in, int64_t out) {
  if (shortcut == CifarResNet::A) {
    return std::make_shared<ZeroPadding>(out - in);
  }
  return Sequential(Convolution(in, out, 1, 2), BatchNorm2d(out));
}

struct ResidualBlock : Block {
  ResidualBlock(CifarResNet::Shortcut kind, int64_t in, int64_t out)
      : conv1(Add("conv1", Convolution(in, out, 3, in == out ? 1 : 2))),
        bn1(Add("bn1", BatchNorm2d(out))),
        conv2(Add("conv2", Convolution(out, out, 3, 1))),
        bn2(Add("bn2", BatchNorm2d(out))),
        relu(Add("relu", Relu(Inplace::kYes))),
        shortcut(Add("shortcut",
                     in == out ? Sequential() : MakeShortcut(kind, in, out))) {}

  at::Tensor Forward(const at::Tensor& input) override {
    const at::Tensor hidden = (*relu)((*bn1)((*conv1)(input)));
    const at::Tensor residual = (*bn2)((*conv2)(hidden));
    return (*relu)(residual.add((*shortcut)(input)));
  }
  std::string Describe() const override { return "ResidualBlock"; }

  Layer conv1, bn1, conv2, bn2, relu, shortcut;
};

Layer Stage(CifarResNet::Shortcut shortcut, int64_t blocks, int64_t in,
            int64_t out) {
  std::vector<Layer> parts;
  for (int64_t i = 0; i < blocks; ++i) {
    parts.push_back(
        std::make_shared<ResidualBlock>(shortcut, i == 0 ? in : out, out));
  }
  return Sequential(std::move(parts));
}

struct CifarResNetModel : Model {
  explicit CifarResNetModel(const CifarResNet& options)
      : in_channels(options.in_channels()),
        conv1(Add("conv1", Convolution(in_channels, 16, 3, 1))),
        bn1(Add("bn1", BatchNorm2d(16))),
        relu(Add("relu", Relu(Inplace::kYes))) {
    const int64_t blocks = (options.depth() - 2) / 6;
    layer1 = Add("layer1", Stage(options.shortcut(), blocks, 16, 16));
    layer2 = Add("layer2", Stage(options.shortcut(), blocks, 16, 32));
    layer3 = Add("layer3", Stage(options.shortcut(), blocks, 32, 64));
    linear = Add("linear", Linear(64, options.classes()));
  }

  at::Tensor Forward(const at::Tensor& input) override {
    at::Tensor maps = (*relu)((*bn1)((*conv1)(input)));
    for (const Layer& stage : {layer1, layer2, layer3}) maps = (*stage)(maps);
    return (*linear)(maps.mean({2, 3}));
  }
  std::vector<int64_t> ExampleShape() const override {
    return {in_channels, 32, 32};
  }
  std::string Describe() const override { return "CifarResNet"; }

  int64_t in_channels;
  Layer conv1, bn1, relu, layer1, layer2, layer3, linear;
};

Made<Model> MakeCifarResNet(const CifarResNet& options) {
  if (options.depth() < 8 || options.depth() % 6 != 2) {
    return Invalid("depth must be 6 n + 2 and at least 8", options.depth());
  }
  RETURN_IF_ERROR(Together({AtLeast("classes", options.classes(), 1),
                            AtLeast("in_channels", options.in_channels(), 1)}));
  return std::make_shared<CifarResNetModel>(options);
}

TOQUE_PLUGIN(MakeCifarResNet);

}  // namespace
}  // namespace toque
