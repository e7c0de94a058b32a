#include "framework/core/hook.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

using testing::DoubleNear;
using testing::Pointwise;

double FactorAt(const std::string& options, const Progress& progress) {
  return MakeOrDie<Hook>("recipe.Cosine", options)->LrFactor(progress);
}

// Factors before each of `total` steps and after the last one.
std::vector<double> Trace(const std::string& options, int64_t total) {
  std::vector<double> factors;
  for (int64_t step = 0; step <= total; ++step) {
    factors.push_back(FactorAt(options, {.step = step, .total_steps = total}));
  }
  return factors;
}

// torch 2.11: tests/goldens/schedules.py
TEST(CosineTest, FollowsTheTraceOfPyTorch) {
  const std::vector<double> to_zero = {1,
                                       0.97552825814757682,
                                       0.90450849718747373,
                                       0.79389262614623657,
                                       0.65450849718747373,
                                       0.5,
                                       0.34549150281252633,
                                       0.20610737385376349,
                                       0.09549150281252633,
                                       0.024471741852423234,
                                       0};
  const std::vector<double> to_a_twentieth = {1,
                                              0.97675184524019798,
                                              0.90928307232810002,
                                              0.80419799483892473,
                                              0.67178307232809997,
                                              0.52499999999999991,
                                              0.37821692767189996,
                                              0.24580200516107531,
                                              0.14071692767190003,
                                              0.073248154759802078,
                                              0.05};
  EXPECT_THAT(Trace("", 10), Pointwise(DoubleNear(1e-12), to_zero));
  EXPECT_THAT(Trace("eta_min: 0.05", 10),
              Pointwise(DoubleNear(1e-12), to_a_twentieth));
}

// torch 2.11: tests/goldens/schedules.py
TEST(CosineTest, CountsWholeEpochsWhereAsked) {
  const std::map<int64_t, double> by_epoch = {
      {0, 1},    {1, 0.99961451812036151},     {2, 0.99845866686656404},
      {40, 0.5}, {79, 0.00038548187963854952}, {80, 0}};
  for (const auto& [epoch, factor] : by_epoch) {
    const Progress progress = {.step = epoch * 7 + 6,
                               .epoch = epoch,
                               .steps_per_epoch = 7,
                               .total_steps = 560};
    EXPECT_NEAR(FactorAt("per: EPOCH", progress), factor, 1e-12);
  }
}

TEST(CosineTest, StaysAtItsEnd) {
  const std::vector<double> factors = Trace("length: 4 eta_min: 0.25", 10);
  EXPECT_DOUBLE_EQ(factors[2], 0.625);
  for (size_t step = 4; step <= 10; ++step) {
    EXPECT_DOUBLE_EQ(factors[step], 0.25);
  }
}

TEST(CosineTest, BeginsAfterTheWarmUp) {
  const std::vector<double> factors = Trace("begin: 5", 15);
  EXPECT_THAT(std::vector<double>(factors.begin(), factors.begin() + 6),
              testing::Each(1));
  EXPECT_THAT(std::vector<double>(factors.begin() + 5, factors.end()),
              Pointwise(DoubleNear(1e-12), Trace("", 10)));
}

TEST(CosineTest, StaysAtOneWhereTheRunEndsBeforeItBegins) {
  EXPECT_THAT(Trace("begin: 15", 10), testing::Each(1));
  EXPECT_THAT(Trace("begin: 10", 10), testing::Each(1));
}

TEST(CosineTest, RefusesAFallPastTheEndOfTheRun) {
  const auto fits = [](const std::string& options) {
    toque::Run run;
    run.progress = {.steps_per_epoch = 10, .total_steps = 40};
    return MakeOrDie<Hook>("recipe.Cosine", options)->BeforeTraining(run);
  };
  EXPECT_OK(fits(""));
  EXPECT_OK(fits("begin: 1 length: 3 per: EPOCH"));
  EXPECT_THAT(fits("length: 5 per: EPOCH"),
              FailsWith("length must be at most the run's 4 epochs, got 5"));
  EXPECT_THAT(fits("begin: 11 length: 30"),
              FailsWith("begin + length must be at most the run's 40 steps, "
                        "got 41"));
  EXPECT_THAT(fits("begin: 41"),
              FailsWith("begin must be at most the run's 40 steps, got 41"));
}

TEST(CosineTest, RefusesOptionsOutOfRange) {
  EXPECT_THAT(Make<Hook>("recipe.Cosine", "eta_min: -0.1"),
              FailsWith("eta_min must be from 0 to 1, got -0.1"));
  EXPECT_THAT(Make<Hook>("recipe.Cosine", "begin: -1"),
              FailsWith("begin must be at least 0, got -1"));
  EXPECT_THAT(Make<Hook>("recipe.Cosine", "length: 0"),
              FailsWith("length must be above 0, got 0"));
}

}  // namespace
}  // namespace toque
