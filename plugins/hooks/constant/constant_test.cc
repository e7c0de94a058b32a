#include "framework/core/hook.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

// Factors of `count` steps, ten to an epoch.
std::vector<double> Trace(const std::string& options, int64_t count) {
  const auto hook = MakeOrDie<Hook>("recipe.Constant", options);
  std::vector<double> factors;
  for (int64_t step = 0; step < count; ++step) {
    factors.push_back(hook->LrFactor({.step = step,
                                      .epoch = step / 10,
                                      .steps_per_epoch = 10,
                                      .total_steps = 100}));
  }
  return factors;
}

// torch 2.11: tests/goldens/schedules.py
TEST(ConstantTest, FollowsTheTraceOfPyTorch) {
  EXPECT_THAT(Trace("factor: 0.3 length: 4 per: STEP", 6),
              testing::ElementsAre(0.3, 0.3, 0.3, 0.3, 1, 1));
}

TEST(ConstantTest, CountsItsLengthInEpochsByDefault) {
  EXPECT_EQ(Trace("factor: 0.3 length: 1.5", 30),
            Trace("factor: 0.3 length: 15 per: STEP", 30));
}

TEST(ConstantTest, RefusesALengthPastTheEndOfTheRun) {
  const auto hook = MakeOrDie<Hook>("recipe.Constant", "factor: 0.3 length: 5");
  toque::Run run;
  run.progress = {.steps_per_epoch = 10, .total_steps = 40};
  EXPECT_THAT(hook->BeforeTraining(run),
              FailsWith("length must be at most the run's 4 epochs, got 5"));
  run.progress.total_steps = 50;
  EXPECT_OK(hook->BeforeTraining(run));
}

TEST(ConstantTest, RefusesOptionsOutOfRange) {
  EXPECT_THAT(Make<Hook>("recipe.Constant", "length: 5"),
              FailsWith("factor must be given"));
  EXPECT_THAT(Make<Hook>("recipe.Constant", "factor: 0.3"),
              FailsWith("length must be given"));
  EXPECT_THAT(Make<Hook>("recipe.Constant", "factor: -1 length: 5"),
              FailsWith("factor must be above 0 and at most 1, got -1"));
  EXPECT_THAT(Make<Hook>("recipe.Constant", "factor: 0.3 length: 0"),
              FailsWith("length must be above 0, got 0"));
}

}  // namespace
}  // namespace toque
