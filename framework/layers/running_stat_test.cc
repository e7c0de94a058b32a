#include "framework/layers/running_stat.h"

#include <cmath>

#include "ATen/ops/full.h"
#include "ATen/ops/tensor.h"
#include "ATen/ops/zeros.h"
#include "framework/layers/layers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace toque {
namespace {

constexpr auto kBias = RunningStatOptions::Correction::kBias;

// Of the mean of each of two channels: [N, 2] to [2].
std::shared_ptr<RunningStat> MeanOfChannels(const RunningStatOptions& given) {
  RunningStatOptions options = given;
  options.shape = {2};
  return std::make_shared<RunningStat>(
      options, [](const at::Tensor& input) { return input.mean(0); });
}

at::Tensor Batch(double first, double second) {
  return at::tensor({first - 1, second, first + 1, second}, at::kFloat)
      .view({2, 2});
}

TEST(RunningStatTest, IsTheClosedFormOfSteadyInputs) {
  const auto stat = MeanOfChannels({.momentum = 0.1});
  EXPECT_TRUE(stat->Value().equal(at::zeros({2})));
  for (int step = 1; step <= 5; ++step) {
    (*stat)(Batch(3, -2));
    const double weight = 1 - std::pow(0.9, step);
    EXPECT_NEAR(stat->Value()[0].item<double>(), 3 * weight, 1e-6);
    EXPECT_NEAR(stat->Value()[1].item<double>(), -2 * weight, 1e-6);
  }
}

TEST(RunningStatTest, MomentumWeighsTheNewValue) {
  const auto stat = MeanOfChannels({.momentum = 0.25});
  (*stat)(Batch(4, 0));
  (*stat)(Batch(8, 0));
  EXPECT_FLOAT_EQ(stat->Value()[0].item<float>(), 0.25f * 8 + 0.75f * 1);
}

TEST(RunningStatTest, CorrectionMakesTheFirstValuesRight) {
  const auto stat = MeanOfChannels({.momentum = 0.1, .correction = kBias});
  EXPECT_TRUE(stat->Value().equal(at::zeros({2})));
  (*stat)(Batch(3, -2));
  EXPECT_NEAR(stat->Value()[0].item<double>(), 3, 1e-6);
  (*stat)(Batch(6, -2));
  EXPECT_NEAR(stat->Value()[0].item<double>(),
              (0.09 * 3 + 0.1 * 6) / (1 - 0.81), 1e-6);
}

TEST(RunningStatTest, HandsItsInputThrough) {
  const auto stat = MeanOfChannels({});
  const at::Tensor input = Batch(1, 2);
  EXPECT_TRUE((*stat)(input).is_same(input));
}

TEST(RunningStatTest, StandsStillInEvaluation) {
  const auto stat = MeanOfChannels({});
  (*stat)(Batch(1, 2));
  const at::Tensor before = stat->Value();
  stat->eval();
  (*stat)(Batch(5, 5));
  EXPECT_TRUE(stat->Value().equal(before));
}

TEST(RunningStatTest, MovesOnceWhereItIsRecomputed) {
  const auto stat = MeanOfChannels({.momentum = 0.5});
  stat->Recompute();
  (*stat)(Batch(4, 0).requires_grad_()).sum().backward();
  EXPECT_EQ(stat->Value()[0].item<float>(), 2);
}

TEST(RunningStatTest, JoinsNoGraph) {
  const auto stat = MeanOfChannels({});
  for (int i = 0; i < 3; ++i) (*stat)(Batch(1, 2).requires_grad_());
  EXPECT_FALSE(stat->Value().requires_grad());
}

TEST(RunningStatTest, IsSavedInBuffers) {
  const auto buffers = MeanOfChannels({})->named_buffers();
  EXPECT_THAT(buffers.keys(), testing::ElementsAre("average", "weight"));
  EXPECT_TRUE(MeanOfChannels({})->parameters().empty());
}

TEST(RunningStatTest, RefusesAStatisticOfAnotherShape) {
  const auto stat = MeanOfChannels({});
  EXPECT_THROW((*stat)(at::zeros({4, 3})), LayerError);
}

TEST(RunningStatTest, RefusesAMomentumOfZero) {
  EXPECT_THROW(MeanOfChannels({.momentum = 0}), c10::Error);
}

// Of a batch norm, whose running variance is that of n - 1.
TEST(StatisticsTest, AverageIsOverAllCallsAlikeAndThenMovesOn) {
  const Layer layer = BatchNorm1d(1, {.momentum = 0.5});
  auto& norm = dynamic_cast<StatisticsBlock&>(*layer);
  const auto call = [&layer](float low, float high) {
    (*layer)(at::tensor({low, high}).view({2, 1}));
  };
  call(70, 90);
  norm.StartAverage();
  call(0, 2);
  call(3, 5);
  call(6, 14);
  norm.EndAverage();
  const auto buffers = layer->named_buffers();
  EXPECT_FLOAT_EQ(buffers["running_mean"].item<float>(), (1 + 4 + 10) / 3.0f);
  EXPECT_FLOAT_EQ(buffers["running_var"].item<float>(), (2 + 2 + 32) / 3.0f);
  EXPECT_EQ(buffers["num_batches_tracked"].item<int64_t>(), 3);
  call(9, 11);
  EXPECT_FLOAT_EQ(buffers["running_mean"].item<float>(), 5 / 2.0f + 10 / 2.0f);
}

TEST(StatisticsTest, AnAverageNeedsNoCorrection) {
  const auto stat = MeanOfChannels({.correction = kBias});
  (*stat)(Batch(50, 50));
  stat->StartAverage();
  (*stat)(Batch(1, 4));
  (*stat)(Batch(2, 8));
  EXPECT_FLOAT_EQ(stat->Value()[0].item<float>(), 1.5);
  EXPECT_FLOAT_EQ(stat->Value()[1].item<float>(), 6);
}

}  // namespace
}  // namespace toque
