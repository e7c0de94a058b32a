#include "framework/layers/initial.h"

#include <cmath>
#include <tuple>
#include <vector>

#include "ATen/Context.h"
#include "ATen/ops/arange.h"
#include "ATen/ops/ones.h"
#include "ATen/ops/randn.h"
#include "framework/layers/layers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace toque {
namespace {

TEST(InitialTest, EachLayerIsSetOnceInOrder) {
  const Layer layer = Sequential({Conv2d({.in = 2, .out = 3}), BatchNorm2d(3),
                                  Relu(), Sequential(Linear(3, 4, Bias::kNo)),
                                  Conv2d({.in = 3, .out = 5})});
  using Kind = Block::Kind;
  std::vector<Kind> kinds;
  std::vector<bool> biases;
  SetEach(*layer,
          [&](Kind kind, const at::Tensor& weight, const at::Tensor& bias) {
            kinds.push_back(kind);
            biases.push_back(bias.defined());
            SetConstant(weight, static_cast<double>(kinds.size()));
            SetConstant(bias, 0);
          });
  EXPECT_THAT(kinds, testing::ElementsAre(Kind::kConvolution, Kind::kNorm,
                                          Kind::kLinear, Kind::kConvolution));
  EXPECT_THAT(biases, testing::ElementsAre(true, true, false, true));
  const auto weights = layer->named_parameters();
  EXPECT_EQ(weights["3.0.weight"].min().item<float>(), 3);
  EXPECT_EQ(weights["4.weight"].max().item<float>(), 4);
  EXPECT_EQ(weights["4.bias"].abs().max().item<float>(), 0);
}

TEST(InitialTest, WithoutInitialValuesNothingIsDrawn) {
  at::manual_seed(0);
  const at::Tensor expected = at::randn({3});
  at::manual_seed(0);
  {
    const WithoutInitialValues bare;
    const Layer layer = Linear(3, 4);
    SetKaimingNormal(layer->named_parameters()["weight"], Fan::kIn);
  }
  EXPECT_TRUE(at::randn({3}).equal(expected));
}

// Kolmogorov's 1.95 / sqrt(n) is left behind once in a thousand.
TEST(InitialTest, TruncatedNormalIsOneWithinItsBounds) {
  at::manual_seed(0);
  const at::Tensor weight = at::ones({100, 100});
  SetTruncatedNormal(weight, 1);
  const at::Tensor sorted = std::get<0>(weight.flatten().sort());
  EXPECT_GE(sorted[0].item<double>(), -2);
  EXPECT_LE(sorted[-1].item<double>(), 2);
  const double tail = std::erfc(2 / std::sqrt(2.0)) / 2;  // below -2
  const at::Tensor below = (-sorted / std::sqrt(2.0)).erfc() / 2;
  const at::Tensor share = (below - tail) / (1 - 2 * tail);
  const at::Tensor ranks = (at::arange(10000) + 0.5) / 10000;
  EXPECT_LT((share - ranks).abs().max().item<double>(), 0.0195);
}

}  // namespace
}  // namespace toque
