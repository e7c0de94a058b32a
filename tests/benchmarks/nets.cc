// The nets of cpu_training, of the framework's layers.

#include <string>
#include <utility>
#include <vector>

#include "framework/core/model.h"
#include "framework/layers/layers.h"
#include "tests/benchmarks/nets.pb.h"

namespace toque {
namespace {

Layer Conv(int64_t in, int64_t out, int64_t kernel, int64_t stride) {
  return Conv2d({.in = in,
                 .out = out,
                 .kernel = kernel,
                 .stride = stride,
                 .padding = kernel / 2,
                 .bias = Bias::kNo});
}

struct BasicBlock : Block {
  BasicBlock(int64_t in, int64_t out, int64_t stride)
      : body(Add("body", Sequential(Conv(in, out, 3, stride), BatchNorm2d(out),
                                    Relu(Inplace::kYes), Conv(out, out, 3, 1),
                                    BatchNorm2d(out)))),
        relu(Add("relu", Relu(Inplace::kYes))) {
    if (stride == 1 && in == out) return;
    shortcut =
        Add("shortcut", Sequential(Conv(in, out, 1, stride), BatchNorm2d(out)));
  }
  at::Tensor Forward(const at::Tensor& input) override {
    const at::Tensor output = (*body)(input);
    return (*relu)(output.add_(shortcut ? (*shortcut)(input) : input));
  }
  Layer body, relu, shortcut;
};

std::vector<Layer> ResNet18() {
  std::vector<Layer> parts = {
      Conv2d({.in = 3,
              .out = 64,
              .kernel = 7,
              .stride = 2,
              .padding = 3,
              .bias = Bias::kNo}),
      // ReLU of the pooled values is the same, and less work.
      BatchNorm2d(64), MaxPool2d({.kernel = 3, .stride = 2, .padding = 1}),
      Relu(Inplace::kYes)};
  int64_t in = 64;
  for (const int64_t out : {64, 128, 256, 512}) {
    parts.push_back(std::make_shared<BasicBlock>(in, out, out == 64 ? 1 : 2));
    parts.push_back(std::make_shared<BasicBlock>(out, out, 1));
    in = out;
  }
  parts.push_back(GlobalAvgPool2d());
  return parts;
}

std::vector<Layer> Vgg16() {
  std::vector<Layer> parts;
  int64_t in = 3;
  for (const auto& [out, convolutions] :
       {std::pair{64, 2}, {128, 2}, {256, 3}, {512, 3}, {512, 3}}) {
    for (int i = 0; i < convolutions; ++i) {
      parts.push_back(
          Conv2d({.in = in, .out = out, .kernel = 3, .padding = 1}));
      parts.push_back(BatchNorm2d(out));
      if (i + 1 == convolutions) parts.push_back(MaxPool2d({.kernel = 2}));
      parts.push_back(Relu(Inplace::kYes));
      in = out;
    }
  }
  return parts;
}

struct Net : Model {
  explicit Net(std::vector<Layer> parts) {
    parts.push_back(Flatten());
    parts.push_back(Linear(512, 10));
    net = Add("net", Sequential(std::move(parts)));
  }
  at::Tensor Forward(const at::Tensor& input) override { return (*net)(input); }
  std::vector<int64_t> ExampleShape() const override { return {3, 32, 32}; }
  Layer net;
};

Made<Model> MakeNet(const bench::Net& options) {
  const bool vgg = options.kind() == bench::Net::VGG16_BN;
  return std::make_shared<Net>(vgg ? Vgg16() : ResNet18());
}

TOQUE_PLUGIN(MakeNet);

}  // namespace
}  // namespace toque
