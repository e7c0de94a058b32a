#include <algorithm>

#include "framework/core/model.h"
#include "framework/layers/initial.h"
#include "framework/layers/layers.h"
#include "models/vgg/vgg.pb.h"

namespace toque {
namespace {

using recipe::Vgg;

constexpr int64_t kSide = 7;  // of the maps that the linear layers see

// Convolutions of each stage; none for a depth that isn't there.
std::vector<int64_t> Convolutions(int64_t depth) {
  switch (depth) {
    case 11:
      return {1, 1, 2, 2, 2};
    case 13:
      return {2, 2, 2, 2, 2};
    case 16:
      return {2, 2, 3, 3, 3};
    case 19:
      return {2, 2, 4, 4, 4};
    default:
      return {};
  }
}

Layer Features(const Vgg& options) {
  std::vector<Layer> parts;
  int64_t in = options.in_channels();
  int64_t out = 64;
  for (const int64_t convolutions : Convolutions(options.depth())) {
    for (int64_t i = 0; i < convolutions; ++i) {
      parts.push_back(
          Conv2d({.in = in, .out = out, .kernel = 3, .padding = 1}));
      if (options.batch_norm()) parts.push_back(BatchNorm2d(out));
      parts.push_back(Relu(Inplace::kYes));
      in = out;
    }
    parts.push_back(MaxPool2d({.kernel = 2}));
    out = std::min<int64_t>(2 * out, 512);
  }
  return Sequential(std::move(parts));
}

Layer Classifier(const Vgg& options) {
  const int64_t hidden = options.hidden();
  std::vector<Layer> parts;
  for (const int64_t in : {512 * kSide * kSide, hidden}) {
    parts.push_back(Linear(in, hidden));
    parts.push_back(Relu(Inplace::kYes));
    parts.push_back(Dropout(options.dropout()));
  }
  parts.push_back(Linear(hidden, options.classes()));
  return Sequential(std::move(parts));
}

struct VggModel : Model {
  explicit VggModel(const Vgg& options)
      : in_channels(options.in_channels()),
        features(Add("features", Features(options))),
        avgpool(Add("avgpool", AdaptiveAvgPool2d(kSide))),
        classifier(Add("classifier", Classifier(options))) {
    SetEach(*this,
            [](Kind kind, const at::Tensor& weight, const at::Tensor& bias) {
              if (kind == Kind::kConvolution)
                SetKaimingNormal(weight, Fan::kOut);
              if (kind == Kind::kLinear) SetNormal(weight, 0.01);
              SetConstant(bias, 0);
            });
  }

  at::Tensor Forward(const at::Tensor& input) override {
    return (*classifier)((*avgpool)((*features)(input)).flatten(1));
  }
  std::vector<int64_t> ExampleShape() const override {
    return {in_channels, 224, 224};
  }
  std::string Describe() const override { return "Vgg"; }

  int64_t in_channels;
  Layer features, avgpool, classifier;
};

Made<Model> MakeVgg(const Vgg& options) {
  if (Convolutions(options.depth()).empty()) {
    return Invalid("depth must be 11, 13, 16 or 19", options.depth());
  }
  RETURN_IF_ERROR(Together({AtLeast("classes", options.classes(), 1),
                            AtLeast("in_channels", options.in_channels(), 1),
                            Between("dropout", options.dropout(), 0, 1),
                            AtLeast("hidden", options.hidden(), 1)}));
  return std::make_shared<VggModel>(options);
}

TOQUE_PLUGIN(MakeVgg);

}  // namespace
}  // namespace toque
