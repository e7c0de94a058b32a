#include <limits>

#include "framework/core/hook.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

using testing::DoubleNear;
using testing::Pointwise;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

void Evaluate(Hook& hook, const std::string& split, double value) {
  toque::Run run;
  run.split = split;
  run.metrics["accuracy/eval"] = value;
  EXPECT_OK(hook.AfterEvaluation(run));
}

// Factors after each of `values`.
std::vector<double> Trace(Hook& hook, const std::vector<double>& values) {
  std::vector<double> factors;
  for (const double value : values) {
    Evaluate(hook, "eval", value);
    factors.push_back(hook.LrFactor({}));
  }
  return factors;
}
std::vector<double> Trace(const std::string& options,
                          const std::vector<double>& values) {
  return Trace(*MakeOrDie<Hook>("recipe.Plateau", options), values);
}

std::vector<double> Negative(std::vector<double> values) {
  for (double& value : values) value = -value;
  return values;
}

// A NaN, and 13 evaluations that reach the best and do not pass it.
const std::vector<double> kStuck = {0.5, 0.6, kNan, 0.6, 0.6, 0.6, 0.6, 0.6,
                                    0.6, 0.6, 0.6,  0.6, 0.6, 0.6, 0.6};
// Some are better by a little less than 1e-4 of the best, some by more.
const std::vector<double> kLosses = {2,   1.5, 1.4999,  1.49984, 1.49985, 1.6,
                                     1.4, 1.4, 1.39999, 1.4,     1.3};

// torch 2.11: tests/goldens/schedules.py
const std::vector<double> kOfStuck = {1,   1,   1,   1,   1,   1,    1,   0.1,
                                      0.1, 0.1, 0.1, 0.1, 0.1, 0.01, 0.01};
const std::vector<double> kWithCooldown = {
    1, 1, 0.1, 0.1, 0.1, 0.1, 0.02, 0.02, 0.02, 0.02, 0.02, 0.02, 0.02, 0.02};
const std::vector<double> kOfLosses = {1,   1,   1,    1,    1,   0.1,
                                       0.1, 0.1, 0.01, 0.01, 0.01};
const std::vector<double> kAbsolute = {1,    1,    1,     0.1,   0.1,  0.01,
                                       0.01, 0.01, 0.001, 0.001, 0.001};

TEST(PlateauTest, FallsAtTheSixthBadEvaluationAsPyTorchDoes) {
  EXPECT_THAT(Trace("", kStuck), Pointwise(DoubleNear(1e-12), kOfStuck));
}

TEST(PlateauTest, CoolsDownAndEndsAtItsLowerBoundAsPyTorchDoes) {
  EXPECT_THAT(Trace("patience: 1 cooldown: 2 min_factor: 0.02",
                    std::vector<double>(14, 0.5)),
              Pointwise(DoubleNear(1e-12), kWithCooldown));
}

TEST(PlateauTest, TakesLesserValuesAsBetterAsPyTorchDoes) {
  EXPECT_THAT(Trace("mode: MIN patience: 1", kLosses),
              Pointwise(DoubleNear(1e-12), kOfLosses));
}

TEST(PlateauTest, TakesLesserValuesOfALossAsBetterByItself) {
  const auto hook =
      MakeOrDie<Hook>("recipe.Plateau", "metric: 'loss/eval' patience: 1");
  std::vector<double> factors;
  for (const double loss : kLosses) {
    toque::Run run;
    run.split = "eval";
    run.metrics["loss/eval"] = loss;
    EXPECT_OK(hook->AfterEvaluation(run));
    factors.push_back(hook->LrFactor({}));
  }
  EXPECT_THAT(factors, Pointwise(DoubleNear(1e-12), kOfLosses));
}

TEST(PlateauTest, TakesAnAbsoluteThresholdAsPyTorchDoes) {
  EXPECT_THAT(Trace("patience: 1 threshold: 0.05 threshold_mode: ABSOLUTE",
                    Negative(kLosses)),
              Pointwise(DoubleNear(1e-12), kAbsolute));
}

// A score is as good as a loss of the other sign, with PyTorch's golden.
TEST(PlateauTest, JudgesNegativeMetricsByTheirSize) {
  EXPECT_THAT(Trace("mode: MAX patience: 1", Negative(kLosses)),
              Pointwise(DoubleNear(1e-12), kOfLosses));
  EXPECT_THAT(Trace("mode: MIN", Negative(kStuck)),
              Pointwise(DoubleNear(1e-12), kOfStuck));
}

TEST(PlateauTest, TakesNanFromTheBeginningAsBad) {
  const std::vector<double> factors =
      Trace("patience: 1", {kNan, kNan, 0.5, 0.6, kNan, kNan});
  EXPECT_THAT(factors,
              Pointwise(DoubleNear(1e-12),
                        std::vector<double>{1, 0.1, 0.1, 0.1, 0.1, 0.01}));
}

TEST(PlateauTest, LooksAtItsOwnEvaluationsAlone) {
  const auto hook = MakeOrDie<Hook>("recipe.Plateau", "patience: 1");
  for (int i = 0; i < 5; ++i) Evaluate(*hook, "test", 0.5);
  EXPECT_EQ(hook->LrFactor({}), 1);
  EXPECT_THAT(hook->Needs(), testing::ElementsAre("accuracy/eval"));
}

TEST(PlateauTest, GoesOnWhereTheRunWasResumed) {
  const std::string options = "patience: 2 cooldown: 1 factor: 0.5";
  const std::vector<double> whole = Trace(options, kStuck);
  for (size_t cut = 0; cut <= kStuck.size(); ++cut) {
    const auto middle = kStuck.begin() + static_cast<std::ptrdiff_t>(cut);
    const auto before = MakeOrDie<Hook>("recipe.Plateau", options);
    std::vector<double> factors = Trace(*before, {kStuck.begin(), middle});
    State state;
    before->Save(&state);
    const auto after = MakeOrDie<Hook>("recipe.Plateau", options);
    ASSERT_OK(after->Load(state));
    for (const double factor : Trace(*after, {middle, kStuck.end()})) {
      factors.push_back(factor);
    }
    EXPECT_EQ(factors, whole) << "resumed after " << cut << " evaluations";
  }
}

TEST(PlateauTest, RefusesOptionsOutOfRange) {
  const auto faults =
      Make<Hook>("recipe.Plateau",
                 "metric: 'accuracy/train' factor: 2 patience: 0 threshold: -1 "
                 "cooldown: -2 min_factor: 3");
  for (const char* fault :
       {"metric must be one of an evaluation, as \"loss/eval\", got "
        "accuracy/train",
        "factor must be above 0 and at most 1, got 2",
        "patience must be at least 1, got 0",
        "threshold must be at least 0, got -1",
        "cooldown must be at least 0, got -2",
        "min_factor must be from 0 to 1, got 3"}) {
    EXPECT_THAT(faults, FailsWith(fault));
  }
}

}  // namespace
}  // namespace toque
