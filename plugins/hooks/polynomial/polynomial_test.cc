#include "framework/core/hook.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

using testing::DoubleNear;
using testing::Pointwise;

// Factors before each of `total` steps and after the last one.
std::vector<double> Trace(const std::string& options, int64_t total) {
  const auto hook = MakeOrDie<Hook>("recipe.Polynomial", options);
  std::vector<double> factors;
  for (int64_t step = 0; step <= total; ++step) {
    factors.push_back(hook->LrFactor({.step = step, .total_steps = total}));
  }
  return factors;
}

// torch 2.11: tests/goldens/schedules.py
TEST(PolynomialTest, FollowsTheTraceOfPyTorch) {
  const std::vector<double> power_0_9 = {1,
                                         0.88676235425720729,
                                         0.77188950672357037,
                                         0.65507649341809859,
                                         0.53588673126814657,
                                         0.41364534465827624,
                                         0.28717458874925872,
                                         0.15389305166811451,
                                         0,
                                         0};
  const std::vector<double> power_2 = {
      1, 0.765625, 0.5625, 0.390625, 0.25, 0.140625, 0.0625, 0.015625, 0};
  EXPECT_THAT(Trace("power: 0.9 length: 8", 9),
              Pointwise(DoubleNear(1e-12), power_0_9));
  EXPECT_THAT(Trace("power: 2", 8), Pointwise(DoubleNear(1e-12), power_2));
}

TEST(PolynomialTest, FallsToItsEnd) {
  const std::vector<double> factors = Trace("power: 2 end: 0.2 length: 4", 6);
  EXPECT_DOUBLE_EQ(factors[2], 0.2 + 0.8 * 0.25);
  EXPECT_DOUBLE_EQ(factors[4], 0.2);
  EXPECT_DOUBLE_EQ(factors[6], 0.2);
}

TEST(PolynomialTest, CountsWholeEpochsWhereAsked) {
  const auto hook =
      MakeOrDie<Hook>("recipe.Polynomial", "power: 2 per: EPOCH begin: 1");
  const Progress progress = {
      .step = 27, .epoch = 3, .steps_per_epoch = 7, .total_steps = 35};
  EXPECT_DOUBLE_EQ(hook->LrFactor(progress), 0.25);
}

TEST(PolynomialTest, RefusesOptionsOutOfRange) {
  EXPECT_THAT(Make<Hook>("recipe.Polynomial", "power: 0"),
              FailsWith("power must be above 0, got 0"));
  EXPECT_THAT(Make<Hook>("recipe.Polynomial", "end: 2"),
              FailsWith("end must be from 0 to 1, got 2"));
  EXPECT_THAT(Make<Hook>("recipe.Polynomial", "length: 0"),
              FailsWith("length must be above 0, got 0"));
}

}  // namespace
}  // namespace toque
