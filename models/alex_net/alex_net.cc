#include "framework/core/model.h"
#include "framework/layers/layers.h"
#include "models/alex_net/alex_net.pb.h"

namespace toque {
namespace {

using recipe::AlexNet;

constexpr int64_t kSide = 6;  // of the maps that the linear layers see

Layer Features(int64_t in_channels) {
  const auto relu = [] { return Relu(Inplace::kYes); };
  const auto pool = [] { return MaxPool2d({.kernel = 3, .stride = 2}); };
  return Sequential(
      {Conv2d({.in = in_channels,
               .out = 64,
               .kernel = 11,
               .stride = 4,
               .padding = 2}),
       relu(), pool(),
       Conv2d({.in = 64, .out = 192, .kernel = 5, .padding = 2}), relu(),
       pool(), Conv2d({.in = 192, .out = 384, .kernel = 3, .padding = 1}),
       relu(), Conv2d({.in = 384, .out = 256, .kernel = 3, .padding = 1}),
       relu(), Conv2d({.in = 256, .out = 256, .kernel = 3, .padding = 1}),
       relu(), pool()});
}

Layer Classifier(const AlexNet& options) {
  const int64_t hidden = options.hidden();
  std::vector<Layer> parts;
  for (const int64_t in : {256 * kSide * kSide, hidden}) {
    parts.push_back(Dropout(options.dropout()));
    parts.push_back(Linear(in, hidden));
    parts.push_back(Relu(Inplace::kYes));
  }
  parts.push_back(Linear(hidden, options.classes()));
  return Sequential(std::move(parts));
}

struct AlexNetModel : Model {
  explicit AlexNetModel(const AlexNet& options)
      : in_channels(options.in_channels()),
        features(Add("features", Features(in_channels))),
        avgpool(Add("avgpool", AdaptiveAvgPool2d(kSide))),
        classifier(Add("classifier", Classifier(options))) {}

  at::Tensor Forward(const at::Tensor& input) override {
    return (*classifier)((*avgpool)((*features)(input)).flatten(1));
  }
  std::vector<int64_t> ExampleShape() const override {
    return {in_channels, 224, 224};
  }
  std::string Describe() const override { return "AlexNet"; }

  int64_t in_channels;
  Layer features, avgpool, classifier;
};

Made<Model> MakeAlexNet(const AlexNet& options) {
  RETURN_IF_ERROR(Together({AtLeast("classes", options.classes(), 1),
                            AtLeast("in_channels", options.in_channels(), 1),
                            Between("dropout", options.dropout(), 0, 1),
                            AtLeast("hidden", options.hidden(), 1)}));
  return std::make_shared<AlexNetModel>(options);
}

TOQUE_PLUGIN(MakeAlexNet);

}  // namespace
}  // namespace toque
