#include <algorithm>

#include "ATen/ops/cat.h"
#include "framework/core/model.h"
#include "framework/layers/initial.h"
#include "framework/layers/layers.h"
#include "models/squeeze_net/squeeze_net.pb.h"

namespace toque {
namespace {

using recipe::SqueezeNet;

// Squeezes to few channels, then expands to 1x1 and 3x3 ones, as many of each.
struct Fire : Block {
  Fire(int64_t in, int64_t few, int64_t each)
      : squeeze(Add("squeeze", Conv2d({.in = in, .out = few}))),
        squeezed(Add("squeeze_activation", Relu(Inplace::kYes))),
        expand1x1(Add("expand1x1", Conv2d({.in = few, .out = each}))),
        expanded1x1(Add("expand1x1_activation", Relu(Inplace::kYes))),
        expand3x3(
            Add("expand3x3",
                Conv2d({.in = few, .out = each, .kernel = 3, .padding = 1}))),
        expanded3x3(Add("expand3x3_activation", Relu(Inplace::kYes))) {}

  at::Tensor Forward(const at::Tensor& input) override {
    const at::Tensor few = (*squeezed)((*squeeze)(input));
    return at::cat(
        {(*expanded1x1)((*expand1x1)(few)), (*expanded3x3)((*expand3x3)(few))},
        1);
  }
  std::string Describe() const override { return "Fire"; }

  Layer squeeze, squeezed, expand1x1, expanded1x1, expand3x3, expanded3x3;
};

Layer Features(const SqueezeNet& options) {
  const bool first = options.version() == SqueezeNet::V1_0;
  std::vector<Layer> parts = {Conv2d({.in = options.in_channels(),
                                      .out = first ? 96 : 64,
                                      .kernel = first ? 7 : 3,
                                      .stride = 2}),
                              Relu(Inplace::kYes)};
  const std::vector<size_t> pools =
      first ? std::vector<size_t>{0, 3, 7} : std::vector<size_t>{0, 2, 4};
  int64_t in = first ? 96 : 64;
  for (size_t fire = 0; fire < 8; ++fire) {
    if (std::ranges::count(pools, fire) > 0) {
      parts.push_back(
          MaxPool2d({.kernel = 3, .stride = 2, .output_size = Rounding::kUp}));
    }
    const auto few = static_cast<int64_t>(16 * (fire / 2 + 1));
    parts.push_back(std::make_shared<Fire>(in, few, 4 * few));
    in = 8 * few;
  }
  return Sequential(std::move(parts));
}

struct SqueezeNetModel : Model {
  explicit SqueezeNetModel(const SqueezeNet& options)
      : in_channels(options.in_channels()),
        features(Add("features", Features(options))) {
    const Layer last = Conv2d({.in = 512, .out = options.classes()});
    classifier =
        Add("classifier", Sequential(Dropout(options.dropout()), last,
                                     Relu(Inplace::kYes), GlobalAvgPool2d()));
    const at::Tensor final_weight = last->named_parameters()["weight"];
    SetEach(*this, [&final_weight](Kind, const at::Tensor& weight,
                                   const at::Tensor& bias) {
      if (weight.is_same(final_weight)) {
        SetNormal(weight, 0.01);
      } else {
        SetKaimingUniform(weight, Fan::kIn);
      }
      SetConstant(bias, 0);
    });
  }

  at::Tensor Forward(const at::Tensor& input) override {
    return (*classifier)((*features)(input)).flatten(1);
  }
  std::vector<int64_t> ExampleShape() const override {
    return {in_channels, 224, 224};
  }
  std::string Describe() const override { return "SqueezeNet"; }

  int64_t in_channels;
  Layer features, classifier;
};

Made<Model> MakeSqueezeNet(const SqueezeNet& options) {
  RETURN_IF_ERROR(Together({AtLeast("classes", options.classes(), 1),
                            AtLeast("in_channels", options.in_channels(), 1),
                            Between("dropout", options.dropout(), 0, 1)}));
  return std::make_shared<SqueezeNetModel>(options);
}

TOQUE_PLUGIN(MakeSqueezeNet);

}  // namespace
}  // namespace toque
