// What layers_golden_test does not compare with torchvision's.

#include "framework/shared/inverted_residual.h"

#include <cmath>

#include "ATen/Context.h"
#include "ATen/ops/ones.h"
#include "ATen/ops/randn.h"
#include "ATen/ops/zeros.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace toque {
namespace {

TEST(InvertedResidualTest, RoundsChannelsToEightsThatAreNotMuchLess) {
  const std::pair<double, int64_t> widths[] = {
      {0.5, 8}, {8, 8},   {11.9, 16}, {12, 16}, {16 * 0.75, 16},
      {20, 24}, {18, 24}, {35.2, 32}, {36, 40}, {96 * 1.4, 136}};
  for (const auto& [channels, rounded] : widths) {
    EXPECT_EQ(RoundedChannels(channels), rounded) << channels;
  }
}

Layer Make(int64_t in, int64_t wide, int64_t out, int64_t stride) {
  return InvertedResidual(
      {.in = in, .wide = wide, .out = out, .stride = stride, .activation = [] {
         return Relu();
       }});
}

// With weights of zero the branch is zero.
TEST(InvertedResidualTest, AddsTheInputWhereItHasTheOutputsShape) {
  const at::Tensor input = at::randn({2, 8, 5, 5});
  const auto output = [&input](int64_t out, int64_t stride) {
    const Layer layer = Make(8, 16, out, stride);
    for (const at::Tensor& parameter : layer->parameters()) {
      parameter.detach().zero_();
    }
    return (*layer)(input);
  };
  EXPECT_TRUE(output(8, 1).equal(input));
  EXPECT_TRUE(output(8, 2).equal(at::zeros({2, 8, 3, 3})));
  EXPECT_TRUE(output(16, 1).equal(at::zeros({2, 16, 5, 5})));
}

TEST(InvertedResidualTest, WidensOnlyWhereThereIsSomethingToWiden) {
  EXPECT_EQ(Make(8, 8, 16, 1)->parameters().size(), 6u);
  EXPECT_EQ(Make(8, 16, 16, 1)->parameters().size(), 9u);
}

TEST(InvertedResidualTest, SkippedExamplesAreTheInputItself) {
  at::manual_seed(0);
  const Layer layer = InvertedResidual({.in = 8,
                                        .wide = 8,
                                        .out = 8,
                                        .activation = [] { return Relu(); },
                                        .stochastic_depth = DropPath(0.5)});
  const at::Tensor input = at::randn({64, 8, 3, 3});
  const at::Tensor skipped = (*layer)(input).eq(input).flatten(1).all(1).sum();
  // Of 64 fair draws all but one in 10^6 lie in this range.
  EXPECT_GT(skipped.item<int64_t>(), 12);
  EXPECT_LT(skipped.item<int64_t>(), 52);
}

TEST(InvertedResidualTest, MobileNetsBeginWithTheirDeviations) {
  at::manual_seed(0);
  const Layer convolution = Conv2d({.in = 64, .out = 64, .kernel = 3});
  const Layer linear = Linear(128, 128);
  const Layer both = Sequential(convolution, linear);
  SetMobileNetValues(*both);
  const auto deviation = [](const Layer& layer) {
    return layer->named_parameters()["weight"].std().item<double>();
  };
  EXPECT_NEAR(deviation(convolution), std::sqrt(2.0 / (64 * 9)), 1e-3);
  EXPECT_NEAR(deviation(linear), 0.01, 3e-4);
  EXPECT_TRUE(linear->named_parameters()["bias"].eq(0).all().item<bool>());
}

}  // namespace
}  // namespace toque
