#include "framework/core/hook.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

using testing::Pointwise;

// Factors of the first `count` steps, ten steps to an epoch.
std::vector<double> Trace(const std::string& options, int64_t count) {
  const auto warm_up = MakeOrDie<Hook>("recipe.WarmUp", options);
  std::vector<double> factors;
  for (int64_t step = 0; step < count; ++step) {
    factors.push_back(warm_up->LrFactor({.step = step,
                                         .epoch = step / 10,
                                         .steps_per_epoch = 10,
                                         .total_steps = 100}));
  }
  return factors;
}

// torch 2.11: tests/goldens/schedules.py
const std::vector<double> kTen = {0.1,
                                  0.2,
                                  0.30000000000000004,
                                  0.4,
                                  0.5,
                                  0.6,
                                  0.70000000000000007,
                                  0.8,
                                  0.9,
                                  1,
                                  1,
                                  1,
                                  1};
const std::vector<double> kFourFromFifth = {0.4, 0.60000000000000009, 0.8, 1, 1,
                                            1};

TEST(WarmUpTest, FollowsTheTraceOfPyTorch) {
  EXPECT_THAT(Trace("length: 10 per: STEP", 13),
              Pointwise(testing::DoubleNear(1e-12), kTen));
  EXPECT_THAT(Trace("length: 4 per: STEP start: 0.2", 6),
              Pointwise(testing::DoubleNear(1e-12), kFourFromFifth));
}

TEST(WarmUpTest, CountsItsLengthInEpochsByDefault) {
  EXPECT_EQ(Trace("", 30), Trace("length: 10 per: STEP", 30));
  EXPECT_EQ(Trace("length: 0.4", 30), Trace("length: 4 per: STEP", 30));
}

TEST(WarmUpTest, HandsOverWithoutAJump) {
  const std::vector<double> factors = Trace("length: 2.5 per: STEP", 5);
  EXPECT_DOUBLE_EQ(factors[1], 0.8);
  EXPECT_EQ(factors[2], 1);  // and not 1.2
  EXPECT_EQ(factors[4], 1);
}

TEST(WarmUpTest, DoesNothingWhenShorterThanAStep) {
  EXPECT_EQ(Trace("length: 0.5 per: STEP", 1)[0], 1);
}

TEST(WarmUpTest, RefusesARiseLongerThanTheRun) {
  const auto warm_up = MakeOrDie<Hook>("recipe.WarmUp", "length: 5");
  toque::Run run;
  run.progress = {.steps_per_epoch = 10, .total_steps = 40};
  EXPECT_THAT(warm_up->BeforeTraining(run),
              FailsWith("length must be at most the run's 4 epochs, got 5"));
  run.progress.total_steps = 50;
  EXPECT_OK(warm_up->BeforeTraining(run));
}

TEST(WarmUpTest, RefusesOptionsOutOfRange) {
  EXPECT_THAT(Make<Hook>("recipe.WarmUp", "length: 0"),
              FailsWith("length must be above 0, got 0"));
  EXPECT_THAT(Make<Hook>("recipe.WarmUp", "length: nan"),
              FailsWith("length must be above 0, got nan"));
  EXPECT_THAT(Make<Hook>("recipe.WarmUp", "start: 1.5"),
              FailsWith("start must be from 0 to 1, got 1.5"));
}

}  // namespace
}  // namespace toque
