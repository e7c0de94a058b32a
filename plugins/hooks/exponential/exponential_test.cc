#include "framework/core/hook.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

using testing::DoubleNear;
using testing::Pointwise;

// torch 2.11: tests/goldens/schedules.py
TEST(ExponentialTest, FollowsTheTraceOfPyTorch) {
  const std::vector<double> golden = {
      1,       0.9,      0.81,      0.729,      0.6561,
      0.59049, 0.531441, 0.4782969, 0.43046721, 0.387420489};
  const auto hook =
      MakeOrDie<Hook>("recipe.Exponential", "gamma: 0.9 per: STEP");
  std::vector<double> factors;
  for (int64_t step = 0; step < 10; ++step) {
    factors.push_back(hook->LrFactor({.step = step, .total_steps = 10}));
  }
  EXPECT_THAT(factors, Pointwise(DoubleNear(1e-12), golden));
}

TEST(ExponentialTest, FallsOnceAnEpochByDefault) {
  const auto hook = MakeOrDie<Hook>("recipe.Exponential", "gamma: 0.5");
  const Progress progress = {
      .step = 27, .epoch = 3, .steps_per_epoch = 7, .total_steps = 70};
  EXPECT_DOUBLE_EQ(hook->LrFactor(progress), 0.125);
}

TEST(ExponentialTest, RefusesOptionsOutOfRange) {
  EXPECT_THAT(Make<Hook>("recipe.Exponential"),
              FailsWith("gamma must be given"));
  EXPECT_THAT(Make<Hook>("recipe.Exponential", "gamma: 0"),
              FailsWith("gamma must be above 0 and at most 1, got 0"));
  EXPECT_THAT(Make<Hook>("recipe.Exponential", "gamma: nan"),
              FailsWith("gamma must be above 0 and at most 1, got nan"));
}

}  // namespace
}  // namespace toque
