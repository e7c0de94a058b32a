#include "ATen/ops/cat.h"
#include "absl/strings/str_cat.h"
#include "framework/core/model.h"
#include "framework/layers/initial.h"
#include "framework/layers/layers.h"
#include "models/dense_net/dense_net.pb.h"

namespace toque {
namespace {

using recipe::DenseNet;
using Parts = std::vector<std::pair<std::string, Layer>>;

Layer Convolution(int64_t in, int64_t out, int64_t kernel, int64_t stride = 1) {
  return Conv2d({.in = in,
                 .out = out,
                 .kernel = kernel,
                 .stride = stride,
                 .padding = kernel / 2,
                 .bias = Bias::kNo});
}

// The maps that a layer adds to those it is given.
Layer DenseLayer(const DenseNet& options, int64_t in) {
  const int64_t growth = options.growth();
  const int64_t between = options.bottleneck() * growth;
  Parts parts = {{"norm1", BatchNorm2d(in)},
                 {"relu1", Relu(Inplace::kYes)},
                 {"conv1", Convolution(in, between, 1)},
                 {"norm2", BatchNorm2d(between)},
                 {"relu2", Relu(Inplace::kYes)},
                 {"conv2", Convolution(between, growth, 3)}};
  if (options.dropout() > 0) {
    parts.emplace_back("dropout", Dropout(options.dropout()));
  }
  return NamedSequential(std::move(parts));
}

struct DenseBlock : Block {
  DenseBlock(const DenseNet& options, int64_t in, int64_t count) {
    for (int64_t i = 0; i < count; ++i) {
      layers.push_back(Add(absl::StrCat("denselayer", i + 1),
                           DenseLayer(options, in + i * options.growth())));
    }
  }

  at::Tensor Forward(const at::Tensor& input) override {
    at::Tensor maps = input;
    for (const Layer& layer : layers) maps = at::cat({maps, (*layer)(maps)}, 1);
    return maps;
  }
  std::string Describe() const override { return "DenseBlock"; }

  std::vector<Layer> layers;
};

// Halves the channels and the picture.
Layer Transition(int64_t in) {
  return NamedSequential({{"norm", BatchNorm2d(in)},
                          {"relu", Relu(Inplace::kYes)},
                          {"conv", Convolution(in, in / 2, 1)},
                          {"pool", AvgPool2d({.kernel = 2})}});
}

// Puts the channels that it gives into `channels`.
Layer Features(const DenseNet& options, const std::vector<int64_t>& blocks,
               int64_t* channels) {
  int64_t& in = *channels = options.first_channels();
  Parts parts = {
      {"conv0", Convolution(options.in_channels(), in, 7, 2)},
      {"norm0", BatchNorm2d(in)},
      {"relu0", Relu(Inplace::kYes)},
      {"pool0", MaxPool2d({.kernel = 3, .stride = 2, .padding = 1})}};
  for (size_t i = 0; i < blocks.size(); ++i) {
    const std::string number = std::to_string(i + 1);
    parts.emplace_back("denseblock" + number,
                       std::make_shared<DenseBlock>(options, in, blocks[i]));
    in += blocks[i] * options.growth();
    if (i + 1 == blocks.size()) break;
    parts.emplace_back("transition" + number, Transition(in));
    in /= 2;
  }
  parts.emplace_back("norm5", BatchNorm2d(in));
  return NamedSequential(std::move(parts));
}

struct DenseNetModel : Model {
  DenseNetModel(const DenseNet& options, const std::vector<int64_t>& blocks)
      : in_channels(options.in_channels()) {
    int64_t channels = 0;
    features = Add("features", Features(options, blocks, &channels));
    // Python's are functions without names.
    relu = Add("relu", Relu(Inplace::kYes));
    avgpool = Add("avgpool", GlobalAvgPool2d());
    classifier = Add("classifier", Linear(channels, options.classes()));
    SetEach(*this,
            [](Kind kind, const at::Tensor& weight, const at::Tensor& bias) {
              if (kind == Kind::kConvolution)
                SetKaimingNormal(weight, Fan::kIn);
              SetConstant(bias, 0);
            });
  }

  at::Tensor Forward(const at::Tensor& input) override {
    const at::Tensor maps = (*relu)((*features)(input));
    return (*classifier)((*avgpool)(maps).flatten(1));
  }
  std::vector<int64_t> ExampleShape() const override {
    return {in_channels, 224, 224};
  }
  std::string Describe() const override { return "DenseNet"; }

  int64_t in_channels;
  Layer features, relu, avgpool, classifier;
};

Made<Model> MakeDenseNet(const DenseNet& options) {
  std::vector<int64_t> blocks(options.blocks().begin(), options.blocks().end());
  if (blocks.empty()) blocks = {6, 12, 24, 16};
  std::vector<absl::Status> faults = {
      AtLeast("growth", options.growth(), 1),
      AtLeast("first_channels", options.first_channels(), 1),
      AtLeast("bottleneck", options.bottleneck(), 1),
      AtLeast("classes", options.classes(), 1),
      AtLeast("in_channels", options.in_channels(), 1),
      Between("dropout", options.dropout(), 0, 1)};
  for (size_t i = 0; i < blocks.size(); ++i) {
    faults.push_back(AtLeast(absl::StrCat("blocks[", i, "]"), blocks[i], 1));
  }
  RETURN_IF_ERROR(Together(faults));
  return std::make_shared<DenseNetModel>(options, blocks);
}

TOQUE_PLUGIN(MakeDenseNet);

}  // namespace
}  // namespace toque
