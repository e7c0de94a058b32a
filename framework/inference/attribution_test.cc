#include "framework/inference/attribution.h"

#include "ATen/Context.h"
#include "ATen/core/grad_mode.h"
#include "ATen/ops/allclose.h"
#include "ATen/ops/arange.h"
#include "ATen/ops/randn.h"
#include "ATen/ops/tensor.h"
#include "ATen/ops/zeros.h"
#include "framework/core/model.h"
#include "framework/layers/layers.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

// 0, 1/8, -2/8, 3/8, ...: sums of their products are exact in float32.
at::Tensor Eighths(at::IntArrayRef shape) {
  const int64_t count = c10::multiply_integers(shape);
  const at::Tensor steps = at::arange(count, at::kFloat);
  const at::Tensor signs = 1 - 2 * (steps.remainder(3) == 2).to(at::kFloat);
  return (steps.remainder(16) * signs / 8).view(shape);
}

// A linear score: the sum of weight * x.
Score LinearScore(const at::Tensor& weight) {
  return [weight](const at::Tensor& x) { return (x * weight).sum({1, 2, 3}); };
}

at::Tensor Squares(const at::Tensor& x) { return x.square().sum({1, 2, 3}); }

class AttributionTest : public testing::Test {
 protected:
  const at::Tensor weight_ = Eighths({2, 4, 6});
  const at::Tensor input_ = Eighths({3, 2, 4, 6}).flip(0) + 0.5;
  const at::Tensor baseline_ = Eighths({1, 2, 4, 6}).flip(3);
};

TEST_F(AttributionTest, IntegratedGradientsOfALinearScoreAddUpExactly) {
  const Score score = LinearScore(weight_);
  for (const int64_t steps : {1, 4, 16}) {
    const at::Tensor parts =
        IntegratedGradients(score, input_, baseline_, steps);
    EXPECT_TRUE(parts.equal((input_ - baseline_) * weight_));
    EXPECT_TRUE(parts.sum({1, 2, 3}).equal(score(input_) - score(baseline_)));
  }
}

TEST_F(AttributionTest, IntegratedGradientsOfACurvedScoreTendToItsDifference) {
  // The middles of equal parts integrate straight gradients without error...
  EXPECT_TRUE(at::allclose(
      IntegratedGradients(Squares, input_, at::zeros({1, 2, 4, 6}), 3),
      input_.square(), 1e-5, 1e-6));
  // ...and those of x^3 with one that falls with the square of their number.
  const Score cubes = [](const at::Tensor& x) {
    return x.pow(3).sum({1, 2, 3});
  };
  const at::Tensor difference = cubes(input_) - cubes(baseline_);
  const auto error = [&](int64_t steps) {
    return (IntegratedGradients(cubes, input_, baseline_, steps)
                .sum({1, 2, 3}) -
            difference)
        .abs()
        .max()
        .item<double>();
  };
  EXPECT_NEAR(error(4) / error(8), 4, 0.05);
}

TEST_F(AttributionTest, SaliencyIsTheGreatestGradientOfTheChannels) {
  EXPECT_TRUE(Saliency(LinearScore(weight_), input_)
                  .equal(weight_.abs().amax(0).expand({3, 4, 6})));
  EXPECT_TRUE(Saliency(Squares, input_).equal((2 * input_).abs().amax(1)));
}

TEST_F(AttributionTest, SmoothGradAveragesOverNoise) {
  const Score score = LinearScore(weight_);
  EXPECT_TRUE(
      at::allclose(SmoothGrad(score, input_, {}), Saliency(score, input_)));
  // Of x^2 the gradient of one noisy input is 2 (x + noise).
  const at::Tensor one = SmoothGrad(Squares, input_, {.samples = 1});
  const at::Tensor same = SmoothGrad(Squares, input_, {.samples = 1});
  const at::Tensor other =
      SmoothGrad(Squares, input_, {.samples = 1, .seed = 1});
  EXPECT_TRUE(one.equal(same));
  EXPECT_FALSE(one.equal(other));
  EXPECT_TRUE(SmoothGrad(Squares, input_, {.samples = 2, .noise = 0})
                  .equal(Saliency(Squares, input_)));
}

TEST_F(AttributionTest, OcclusionIsTheMeanFallOfTheCoveringSquares) {
  const at::Tensor falls = Occlusion(LinearScore(weight_), input_,
                                     {.side = 2, .stride = 2, .value = 0.25});
  // Squares side by side: each pixel is under one.
  const at::Tensor each = ((input_ - 0.25) * weight_).sum(1);
  const at::Tensor sums =
      each.unflatten(1, {2, 2}).unflatten(3, {3, 2}).sum({2, 4});
  EXPECT_TRUE(
      falls.equal(sums.repeat_interleave(2, 1).repeat_interleave(2, 2)));
  // Overlapping ones, of which the last stands at the edge: rows 0-2 and 1-3.
  const at::Tensor over = Occlusion(LinearScore(weight_), input_,
                                    {.side = 3, .stride = 2, .value = 0.25});
  const auto fall = [&](int64_t top, int64_t left) {
    return each.slice(1, top, top + 3).slice(2, left, left + 3).sum({1, 2});
  };
  EXPECT_TRUE(over.select(1, 0).select(1, 0).equal(fall(0, 0)));
  EXPECT_TRUE(over.select(1, 3).select(1, 5).equal(fall(1, 3)));
  EXPECT_TRUE(
      at::allclose(over.select(1, 1).select(1, 2),
                   (fall(0, 0) + fall(1, 0) + fall(0, 2) + fall(1, 2)) / 4));
}

TEST_F(AttributionTest, RefusesOptionsOutOfRange) {
  EXPECT_THROW(SmoothGrad(Squares, input_, {.samples = 0}), c10::Error);
  EXPECT_THROW(IntegratedGradients(Squares, input_, baseline_, 0), c10::Error);
  for (const int64_t stride : {0, 3}) {
    EXPECT_THROW(Occlusion(Squares, input_, {.side = 2, .stride = stride}),
                 c10::Error);
  }
}

// A convolution of 1 x 1, the mean, and a linear layer.
struct Net : Model {
  at::Tensor Forward(const at::Tensor& input) override {
    return (*head)((*pool)((*conv)(input)).flatten(1));
  }
  std::vector<int64_t> ExampleShape() const override { return {2, 4, 6}; }

  Layer conv = Add("conv", Conv2d({.in = 2, .out = 3}));
  Layer pool = Add("pool", GlobalAvgPool2d());
  Layer head = Add("head", Linear(3, 5));
};

TEST_F(AttributionTest, GradCamWeighsMapsByTheirMeanGradient) {
  at::manual_seed(0);
  const auto net = std::make_shared<Net>();
  const c10::NoGradGuard no_grad;
  const at::Tensor classes = at::tensor({4, 0, 2}, at::kLong);
  const at::Tensor cam = GradCam(*net, input_, classes, "conv");
  // d logit / d map is weight / 24 at each of 24 pixels.
  const at::Tensor weights =
      net->named_parameters()["head.weight"].index_select(0, classes) / 24;
  const at::Tensor maps = (*net->conv)(input_);
  const at::Tensor expected = (weights.view({3, 3, 1, 1}) * maps).sum(1).relu();
  EXPECT_TRUE(at::allclose(cam, expected, 1e-4, 1e-6));
  EXPECT_GT(cam.max().item<double>(), 0);
  EXPECT_THROW(GradCam(*net, input_, classes, "head"), c10::Error);
  EXPECT_TRUE(net->is_training());
  for (const auto& parameter : net->parameters()) {
    EXPECT_FALSE(parameter.grad().defined());
  }
}

TEST_F(AttributionTest, TheLastFeatureMapsHaveMoreThanOnePixel) {
  const auto net = std::make_shared<Net>();
  const auto path = LastFeatureMaps(*net, input_);
  ASSERT_OK(path);
  EXPECT_EQ(*path, "conv");
  EXPECT_THAT(LastFeatureMaps(*net, at::zeros({1, 2, 1, 1})),
              FailsWith("must have a part that makes feature maps"));
}

TEST_F(AttributionTest, ClassScoresAreLogits) {
  const auto net = std::make_shared<Net>();
  const at::Tensor classes = at::tensor({4, 0, 2}, at::kLong);
  const at::Tensor scores = ClassScore(net, classes)(input_);
  const c10::NoGradGuard no_grad;
  const at::Tensor logits = (*net)(input_);
  for (int64_t i = 0; i < 3; ++i) {
    EXPECT_EQ(scores[i].item<float>(),
              logits[i][classes[i].item<int64_t>()].item<float>());
  }
}

}  // namespace
}  // namespace toque
