#include "framework/trainer/precision.h"

#include <limits>

#include "ATen/autocast_mode.h"
#include "ATen/ops/full.h"
#include "ATen/ops/ones.h"
#include "ATen/ops/tensor.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

LossScale Options(double init, int growth_interval) {
  LossScale options;
  options.set_init(init);
  options.set_growth_interval(growth_interval);
  return options;
}

at::ScalarType ProductType() {
  const at::Tensor a = at::ones({2, 2});
  return a.mm(a).scalar_type();
}

TEST(PrecisionScopeTest, ComputesInBfloat16WhileItLives) {
  {
    const PrecisionScope scope(Experiment::BF16, at::kCPU);
    EXPECT_EQ(ProductType(), at::kBFloat16);
  }
  EXPECT_EQ(ProductType(), at::kFloat);
}

TEST(PrecisionScopeTest, LeavesAllAsItIsForFp32) {
  const PrecisionScope outer(Experiment::BF16, at::kCPU);
  const PrecisionScope inner(Experiment::FP32, at::kCPU);
  EXPECT_EQ(ProductType(), at::kBFloat16);
}

TEST(PrecisionScopeTest, SeesAWeightThatChangedSinceTheScopeBefore) {
  at::Tensor weight = at::ones({1, 1}).requires_grad_();
  const at::Tensor input = at::ones({1, 1});
  for (const double value : {1., 2.}) {
    weight.detach().fill_(value);
    const PrecisionScope scope(Experiment::BF16, at::kCPU);
    EXPECT_EQ(input.mm(weight).item<float>(), value);
  }
}

TEST(PrecisionTest, RefusesFloat16WithoutAGpu) {
  Experiment experiment;
  experiment.set_precision(Experiment::FP16);
  EXPECT_THAT(CheckPrecision(experiment, at::kCPU),
              FailsWith("precision: FP16 needs a GPU"));
  experiment.set_precision(Experiment::BF16);
  EXPECT_OK(CheckPrecision(experiment, at::kCPU));
}

TEST(LossScalerTest, ScalesTheLossAndGradientsBack) {
  const LossScaler scaler(Options(1024, 2000), at::kCPU);
  EXPECT_EQ(scaler.Scale(at::full({}, 0.5)).item<float>(), 512);
  const at::Tensor gradient = at::tensor({1024.f, -2048.f});
  EXPECT_EQ(scaler.Unscale({gradient}).item<float>(), 0);
  EXPECT_TRUE(gradient.equal(at::tensor({1.f, -2.f})));
}

TEST(LossScalerTest, FindsAGradientThatIsNotFinite) {
  const LossScaler scaler(Options(2, 2000), at::kCPU);
  for (const float bad : {kInfinity, -kInfinity, kInfinity - kInfinity}) {
    EXPECT_EQ(
        scaler.Unscale({at::ones({3}), at::tensor({1.f, bad})}).item<float>(),
        1);
  }
}

// The rule of torch.amp.GradScaler: the factor doubles after each run of
// `growth_interval` steps and halves at each step that was left out.
TEST(LossScalerTest, GrowsAfterAnIntervalAndBacksOffAtOnce) {
  LossScaler scaler(Options(64, 3), at::kCPU);
  const at::Tensor fine = at::full({}, 0.0, at::kFloat);
  const at::Tensor bad = at::full({}, 1.0, at::kFloat);
  std::vector<double> scales;
  for (const auto& found :
       {fine, fine, fine, bad, fine, fine, bad, fine, fine, fine}) {
    scaler.Update(found);
    scales.push_back(scaler.scale());
  }
  EXPECT_THAT(scales,
              testing::ElementsAre(64, 64, 128, 64, 64, 64, 32, 32, 32, 64));
}

TEST(LossScalerTest, GoesOnFromItsState) {
  LossScaler before(Options(64, 3), at::kCPU);
  const at::Tensor fine = at::full({}, 0.0, at::kFloat);
  before.Update(fine);
  before.Update(fine);
  State state;
  before.Save(&state);
  LossScaler after(Options(1, 3), at::kCPU);
  ASSERT_OK(after.Load(state));
  EXPECT_EQ(after.scale(), 64);
  after.Update(fine);
  EXPECT_EQ(after.scale(), 128);
}

}  // namespace
}  // namespace toque
