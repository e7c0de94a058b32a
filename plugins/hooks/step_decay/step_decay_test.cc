#include "framework/core/hook.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

using testing::DoubleNear;
using testing::Pointwise;

// torch 2.11: tests/goldens/schedules.py
TEST(StepDecayTest, FollowsTheTraceOfPyTorch) {
  const std::vector<double> golden = {1,   1,    1,    0.3,  0.3,
                                      0.3, 0.09, 0.09, 0.09, 0.027};
  const auto hook =
      MakeOrDie<Hook>("recipe.StepDecay", "every: 3 gamma: 0.3 per: STEP");
  std::vector<double> factors;
  for (int64_t step = 0; step < 10; ++step) {
    factors.push_back(hook->LrFactor({.step = step, .total_steps = 10}));
  }
  EXPECT_THAT(factors, Pointwise(DoubleNear(1e-12), golden));
}

TEST(StepDecayTest, CountsWholeEpochsByDefault) {
  const auto hook = MakeOrDie<Hook>("recipe.StepDecay", "every: 3");
  const auto factor = [&hook](int64_t epoch) {
    return hook->LrFactor({.step = epoch * 7 + 6,
                           .epoch = epoch,
                           .steps_per_epoch = 7,
                           .total_steps = 70});
  };
  EXPECT_EQ(factor(2), 1);
  EXPECT_DOUBLE_EQ(factor(3), 0.1);
  EXPECT_DOUBLE_EQ(factor(6), 0.01);
}

TEST(StepDecayTest, RefusesARunThatEndsBeforeItsFirstFall) {
  const auto hook = MakeOrDie<Hook>("recipe.StepDecay", "every: 5");
  toque::Run run;
  run.progress = {.steps_per_epoch = 10, .total_steps = 40};
  EXPECT_THAT(hook->BeforeTraining(run),
              FailsWith("every must be at most the run's 4 epochs, got 5"));
  run.progress.total_steps = 50;
  EXPECT_OK(hook->BeforeTraining(run));
}

TEST(StepDecayTest, RefusesOptionsOutOfRange) {
  EXPECT_THAT(Make<Hook>("recipe.StepDecay"), FailsWith("every must be given"));
  EXPECT_THAT(Make<Hook>("recipe.StepDecay", "every: 0"),
              FailsWith("every must be at least 1, got 0"));
  EXPECT_THAT(Make<Hook>("recipe.StepDecay", "every: 3 gamma: 0"),
              FailsWith("gamma must be above 0 and at most 1, got 0"));
}

}  // namespace
}  // namespace toque
