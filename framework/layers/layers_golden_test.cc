// Layers begin with PyTorch's parameters, under its names, and give its
// results.

#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "ATen/Context.h"
#include "ATen/ops/arange.h"
#include "ATen/ops/dot.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "framework/layers/attention.h"
#include "framework/layers/layers.h"
#include "framework/layers/recurrent.h"
#include "framework/shared/inverted_residual.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace toque {
namespace {

struct Case {
  std::string name;
  Layer (*make)();
  std::vector<int64_t> input;  // shape of the input sin(0), sin(1), ...
};

void PrintTo(const Case& layer, std::ostream* out) { *out << layer.name; }

// By "part[sizes]" the sum of a tensor's values times the cosine of their
// position.
using Fingerprints = std::map<std::string, double>;

void Put(const std::string& part, const at::Tensor& tensor,
         Fingerprints* fingerprints) {
  const at::Tensor weight = at::arange(tensor.numel(), at::kDouble).cos();
  const at::Tensor values = tensor.detach().to(at::kDouble).flatten();
  (*fingerprints)[absl::StrCat(part, "[", absl::StrJoin(tensor.sizes(), ","),
                               "]")] = at::dot(values, weight).item<double>();
}

// torch 2.11: tests/goldens/layers.py
Fingerprints Golden(const std::string& layer) {
  std::ifstream file("framework/layers/layers_golden.txt");
  const std::string prefix = layer + "/";
  Fingerprints golden;
  std::string name;
  for (double value = 0; file >> name >> value;) {
    if (!name.starts_with(prefix)) continue;
    golden[name.substr(prefix.size())] = value;
  }
  return golden;
}

class LayersGoldenTest : public testing::TestWithParam<Case> {};

TEST_P(LayersGoldenTest, ParametersAndResultsArePyTorchs) {
  Fingerprints actual;
  at::manual_seed(0);
  const Layer layer = GetParam().make();
  for (const auto& parameter : layer->named_parameters()) {
    Put("begin/" + parameter.key(), parameter.value(), &actual);
  }
  const int64_t count = c10::multiply_integers(GetParam().input);
  const at::Tensor input = at::arange(count, at::kDouble)
                               .sin()
                               .to(at::kFloat)
                               .reshape(GetParam().input);
  Put("then/train", (*layer)(input), &actual);
  layer->eval();
  Put("then/eval", (*layer)(input), &actual);
  for (const auto& buffer : layer->named_buffers()) {
    Put("then/" + buffer.key(), buffer.value(), &actual);
  }

  const Fingerprints golden = Golden(GetParam().name);
  ASSERT_FALSE(golden.empty());
  EXPECT_EQ(actual.size(), golden.size());
  for (const auto& [part, value] : golden) {
    ASSERT_TRUE(actual.contains(part)) << part;
    // A parameter's last bit shows in the eighth place.
    const double tolerance = part.starts_with("begin") ? 1e-9 : 1e-5;
    EXPECT_NEAR(actual[part], value, tolerance) << part;
  }
}

// MobileNetV3's, of 8 channels.
Layer ResidualOfEight(int64_t out, int64_t stride) {
  return InvertedResidual(
      {.in = 8,
       .wide = 16,
       .out = out,
       .stride = stride,
       .norm = {.eps = 1e-3, .momentum = 0.01},
       .activation = [] { return Hardswish(); },
       .excitation =
           [] { return SqueezeExcitation(16, 8, Relu(), Hardsigmoid()); }});
}

constexpr auto kBoth = RecurrentOptions::Direction::kBoth;

INSTANTIATE_TEST_SUITE_P(
    Layers, LayersGoldenTest,
    testing::ValuesIn(std::vector<Case>{
        {"Linear", [] { return Linear(3, 4); }, {2, 3}},
        {"LinearWithoutBias", [] { return Linear(3, 4, Bias::kNo); }, {2, 3}},
        {"Conv1d",
         [] {
           return Conv1d({.in = 4,
                          .out = 6,
                          .kernel = 3,
                          .stride = 2,
                          .padding = 1,
                          .groups = 2});
         },
         {2, 4, 9}},
        {"Conv2dWithoutBias",
         [] {
           return Conv2d({.in = 2,
                          .out = 3,
                          .kernel = {1, 3},
                          .padding = {0, 1},
                          .bias = Bias::kNo});
         },
         {2, 2, 5, 6}},
        {"Conv2d",
         [] {
           return Conv2d({.in = 2,
                          .out = 3,
                          .kernel = 3,
                          .stride = {2, 1},
                          .dilation = 2});
         },
         {2, 2, 8, 7}},
        {"Conv3d",
         [] {
           return Conv3d({.in = 2, .out = 3, .kernel = {1, 2, 3}});
         },
         {2, 2, 3, 4, 5}},
        {"ConvTranspose2d",
         [] {
           return ConvTranspose2d({.in = 4,
                                   .out = 6,
                                   .kernel = 3,
                                   .stride = 2,
                                   .padding = 1,
                                   .groups = 2},
                                  1);
         },
         {2, 4, 3, 5}},
        {"BatchNorm1dOfVectors", [] { return BatchNorm1d(3); }, {4, 3}},
        {"BatchNorm1d", [] { return BatchNorm1d(3); }, {4, 3, 5}},
        {"BatchNorm2d",
         [] { return BatchNorm2d(3, {.eps = 1e-3, .momentum = 0.01}); },
         {2, 3, 4, 5}},
        {"BatchNorm3d", [] { return BatchNorm3d(3); }, {2, 3, 2, 3, 4}},
        {"LayerNorm",
         [] {
           return LayerNorm({3, 4});
         },
         {2, 3, 4}},
        {"GroupNorm", [] { return GroupNorm(2, 4); }, {2, 4, 3}},
        {"InstanceNorm2d", [] { return InstanceNorm2d(3); }, {2, 3, 4, 5}},
        {"MaxPool2d", [] { return MaxPool2d({.kernel = 2}); }, {2, 3, 5, 6}},
        {"MaxPool2dRoundedUp",
         [] {
           return MaxPool2d({.kernel = 3,
                             .stride = 2,
                             .padding = 1,
                             .output_size = Rounding::kUp});
         },
         {2, 3, 6, 5}},
        {"AvgPool2d",
         [] { return AvgPool2d({.kernel = 3, .stride = 2, .padding = 1}); },
         {2, 3, 6, 5}},
        {"GlobalAvgPool2d", [] { return GlobalAvgPool2d(); }, {2, 3, 4, 5}},
        {"AdaptiveAvgPool2d",
         [] {
           return AdaptiveAvgPool2d({3, 7});
         },
         {2, 3, 4, 5}},
        {"Relu", [] { return Relu(); }, {2, 5}},
        {"LeakyRelu", [] { return LeakyRelu(0.2); }, {2, 5}},
        {"Gelu", [] { return Gelu(); }, {2, 5}},
        {"Silu", [] { return Silu(); }, {2, 5}},
        {"Sigmoid", [] { return Sigmoid(); }, {2, 5}},
        {"Tanh", [] { return Tanh(); }, {2, 5}},
        {"Dropout", [] { return Dropout(0.4); }, {2, 50}},
        {"DropPath", [] { return DropPath(0.4); }, {20, 3, 2}},
        {"Lstm", [] { return Layer(Lstm({.in = 3, .hidden = 4})); }, {2, 5, 3}},
        {"LstmOfTwoLayers",
         [] {
           return Layer(Lstm({.in = 3,
                              .hidden = 4,
                              .layers = 2,
                              .dropout = 0.5,
                              .direction = kBoth}));
         },
         {2, 5, 3}},
        {"GruOfTwoLayers",
         [] {
           return Layer(
               Gru({.in = 3, .hidden = 4, .layers = 2, .direction = kBoth}));
         },
         {2, 5, 3}},
        {"SelfAttention",
         [] { return SelfAttention({.features = 6, .heads = 3}); },
         {2, 5, 6}},
        {"SqueezeExcitation",
         [] { return SqueezeExcitation(4, 2, Silu(), Hardsigmoid()); },
         {2, 4, 3, 5}},
        {"ConvNorm",
         [] {
           return ConvNorm(
               {.in = 4, .out = 6, .kernel = 5, .stride = 2, .groups = 2},
               Hardswish());
         },
         {2, 4, 6, 5}},
        {"InvertedResidual",
         [] { return ResidualOfEight(8, 1); },
         {2, 8, 6, 5}},
        {"InvertedResidualAtStride2",
         [] { return ResidualOfEight(24, 2); },
         {2, 8, 6, 5}},
    }),
    [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace toque
