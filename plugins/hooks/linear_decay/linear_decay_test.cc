#include "framework/core/hook.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

using testing::DoubleNear;
using testing::Pointwise;

double FactorAt(const std::string& options, const Progress& progress) {
  return MakeOrDie<Hook>("recipe.LinearDecay", options)->LrFactor(progress);
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
TEST(LinearDecayTest, FollowsTheTraceOfPyTorch) {
  const std::vector<double> to_zero = {1,     0.875, 0.75,  0.625, 0.5,
                                       0.375, 0.25,  0.125, 0};
  const std::vector<double> to_a_tenth = {
      1, 0.8875, 0.77499999999999991, 0.6625, 0.55, 0.4375, 0.325, 0.2125, 0.1};
  EXPECT_THAT(Trace("", 8), Pointwise(DoubleNear(1e-12), to_zero));
  EXPECT_THAT(Trace("end: 0.1", 8), Pointwise(DoubleNear(1e-12), to_a_tenth));
}

TEST(LinearDecayTest, CountsWholeEpochsWhereAsked) {
  const Progress progress = {
      .step = 19, .epoch = 2, .steps_per_epoch = 7, .total_steps = 56};
  EXPECT_DOUBLE_EQ(FactorAt("per: EPOCH", progress), 0.75);
  EXPECT_DOUBLE_EQ(FactorAt("per: EPOCH begin: 1 length: 2", progress), 0.5);
}

TEST(LinearDecayTest, StaysAtItsEnd) {
  const std::vector<double> factors = Trace("length: 4 end: 0.25", 6);
  EXPECT_DOUBLE_EQ(factors[2], 0.625);
  EXPECT_DOUBLE_EQ(factors[4], 0.25);
  EXPECT_DOUBLE_EQ(factors[6], 0.25);
}

TEST(LinearDecayTest, BeginsAfterTheWarmUp) {
  const std::vector<double> factors = Trace("begin: 5", 13);
  EXPECT_THAT(std::vector<double>(factors.begin(), factors.begin() + 6),
              testing::Each(1));
  EXPECT_THAT(std::vector<double>(factors.begin() + 5, factors.end()),
              Pointwise(DoubleNear(1e-12), Trace("", 8)));
}

TEST(LinearDecayTest, StaysAtOneWhereTheRunEndsBeforeItBegins) {
  EXPECT_THAT(Trace("begin: 15", 10), testing::Each(1));
}

TEST(LinearDecayTest, RefusesAFallPastTheEndOfTheRun) {
  const auto hook =
      MakeOrDie<Hook>("recipe.LinearDecay", "begin: 1 length: 4 per: EPOCH");
  toque::Run run;
  run.progress = {.steps_per_epoch = 10, .total_steps = 40};
  EXPECT_THAT(hook->BeforeTraining(run),
              FailsWith("begin + length must be at most the run's 4 epochs, "
                        "got 5"));
  run.progress.total_steps = 50;
  EXPECT_OK(hook->BeforeTraining(run));
}

TEST(LinearDecayTest, RefusesOptionsOutOfRange) {
  EXPECT_THAT(Make<Hook>("recipe.LinearDecay", "end: 1.5"),
              FailsWith("end must be from 0 to 1, got 1.5"));
  EXPECT_THAT(Make<Hook>("recipe.LinearDecay", "begin: -1"),
              FailsWith("begin must be at least 0, got -1"));
  EXPECT_THAT(Make<Hook>("recipe.LinearDecay", "length: 0"),
              FailsWith("length must be above 0, got 0"));
}

}  // namespace
}  // namespace toque
