#include "framework/core/hook.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

using testing::DoubleNear;
using testing::Pointwise;

// torch 2.11: tests/goldens/schedules.py
TEST(MultiStepTest, FollowsTheTraceOfPyTorch) {
  const std::vector<double> golden = {1,     1,     1,     0.3,    0.3,
                                      0.027, 0.027, 0.027, 0.0081, 0.0081};
  const auto hook = MakeOrDie<Hook>(
      "recipe.MultiStep", "milestone: [3, 5, 5, 8] gamma: 0.3 per: STEP");
  std::vector<double> factors;
  for (int64_t step = 0; step < 10; ++step) {
    factors.push_back(hook->LrFactor({.step = step, .total_steps = 10}));
  }
  EXPECT_THAT(factors, Pointwise(DoubleNear(1e-12), golden));
}

TEST(MultiStepTest, FallsAtTheEpochsThatAreGiven) {
  const auto hook = MakeOrDie<Hook>("recipe.MultiStep", "milestone: [50, 70]");
  const auto factor = [&hook](int64_t epoch) {
    return hook->LrFactor({.step = epoch * 7 + 6,
                           .epoch = epoch,
                           .steps_per_epoch = 7,
                           .total_steps = 560});
  };
  EXPECT_EQ(factor(49), 1);
  EXPECT_DOUBLE_EQ(factor(50), 0.1);
  EXPECT_DOUBLE_EQ(factor(69), 0.1);
  EXPECT_DOUBLE_EQ(factor(70), 0.01);
}

TEST(MultiStepTest, RefusesAMilestonePastTheEndOfTheRun) {
  const auto hook =
      MakeOrDie<Hook>("recipe.MultiStep", "milestone: [2, 3, 5, 4]");
  toque::Run run;
  run.progress = {.steps_per_epoch = 10, .total_steps = 40};
  EXPECT_THAT(hook->BeforeTraining(run),
              FailsWith("milestone[2] must be at most the run's 4 epochs, "
                        "got 5"));
  run.progress.total_steps = 50;
  EXPECT_OK(hook->BeforeTraining(run));
}

TEST(MultiStepTest, RefusesOptionsOutOfRange) {
  EXPECT_THAT(Make<Hook>("recipe.MultiStep"),
              FailsWith("milestone must be given"));
  EXPECT_THAT(Make<Hook>("recipe.MultiStep", "milestone: [3, 0]"),
              FailsWith("milestone[1] must be at least 1, got 0"));
  EXPECT_THAT(Make<Hook>("recipe.MultiStep", "milestone: 3 gamma: 1.5"),
              FailsWith("gamma must be above 0 and at most 1, got 1.5"));
}

}  // namespace
}  // namespace toque
