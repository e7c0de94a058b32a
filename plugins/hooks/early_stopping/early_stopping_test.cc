#include <limits>

#include "framework/core/hook.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

// Why a series of evaluations ends the run, or "".
std::string Reason(Hook& hook, const std::vector<double>& values,
                   const std::string& metric = "accuracy/eval") {
  for (const double value : values) {
    toque::Run run;
    run.split = metric.substr(metric.find('/') + 1);
    run.metrics[metric] = value;
    EXPECT_OK(hook.AfterEvaluation(run));
    if (!run.stop_reason.empty()) {
      return absl::StrCat(value, ": ", run.stop_reason);
    }
  }
  return "";
}

std::unique_ptr<Hook> MakeStopping(const std::string& options) {
  return MakeOrDie<Hook>("recipe.EarlyStopping",
                         "metric: 'accuracy/eval' " + options);
}

std::string Reason(const std::string& options,
                   const std::vector<double>& values) {
  return Reason(*MakeStopping(options), values);
}

TEST(EarlyStoppingTest, StopsAfterAsManyEvaluationsAsItIsPatientFor) {
  EXPECT_EQ(Reason("patience: 3", {0.5, 0.75, 0.7, 0.71, 0.72}),
            "0.72: accuracy/eval did not get better than 0.75 within a "
            "patience of 3");
  EXPECT_EQ(Reason("patience: 3", {0.5, 0.75, 0.7, 0.71}), "");
}

TEST(EarlyStoppingTest, WaitsAnewAfterABetterValue) {
  EXPECT_EQ(Reason("patience: 2", {0.5, 0.4, 0.6, 0.5, 0.7, 0.6}), "");
}

TEST(EarlyStoppingTest, TakesAnEqualValueForNoBetter) {
  EXPECT_THAT(Reason("patience: 1", {0.5, 0.5}), HasSubstr("better than 0.5"));
}

TEST(EarlyStoppingTest, TakesLesserValuesForBetterInModeMin) {
  EXPECT_EQ(Reason("mode: MIN patience: 1", {3, 2, 1, -1}), "");
  EXPECT_THAT(Reason("mode: MIN patience: 1", {3, 2, 2.5}), HasSubstr("2.5: "));
}

TEST(EarlyStoppingTest, TakesLesserValuesOfALossForBetterByItself) {
  const std::string options = "metric: 'loss/eval' patience: 1";
  EXPECT_EQ(Reason(*MakeOrDie<Hook>("recipe.EarlyStopping", options), {3, 2, 1},
                   "loss/eval"),
            "");
  EXPECT_THAT(Reason(*MakeOrDie<Hook>("recipe.EarlyStopping", options), {2, 3},
                     "loss/eval"),
              HasSubstr("better than 2"));
}

TEST(EarlyStoppingTest, WantsValuesToBeBetterByMoreThanMinDelta) {
  const std::string options = "patience: 1 min_delta: 0.25 ";
  EXPECT_THAT(Reason(options, {1, 1.25}), HasSubstr("1.25: "));
  EXPECT_EQ(Reason(options, {1, 1.5}), "");
  EXPECT_THAT(Reason(options + "mode: MIN", {1, 0.75}), HasSubstr("0.75: "));
  EXPECT_EQ(Reason(options + "mode: MIN", {1, 0.5}), "");
}

TEST(EarlyStoppingTest, TakesValuesThatAreNotFiniteForNoBetter) {
  EXPECT_THAT(Reason("patience: 2", {0.5, kNan, 0.4}), HasSubstr("0.4: "));
  EXPECT_EQ(Reason("patience: 2", {kNan, 0.5, 0.4}), "");
  EXPECT_THAT(Reason("patience: 2", {kNan, kNan}),
              HasSubstr("did not become finite"));
}

TEST(EarlyStoppingTest, StopsAtOnceBeyondTheDivergence) {
  EXPECT_EQ(Reason("divergence: 0.25", {0.5, 0.25, 0.125}),
            "0.125: accuracy/eval was 0.125, worse than 0.25");
  EXPECT_THAT(Reason("divergence: 0.25", {0.5, kNan}), HasSubstr("was nan"));
  EXPECT_THAT(Reason("mode: MIN divergence: 8", {2, 8, 9}), HasSubstr("9: "));
}

TEST(EarlyStoppingTest, LooksOnlyAtEvaluationsOfItsSplit) {
  const auto hook = MakeStopping("patience: 1");
  EXPECT_EQ(Reason(*hook, {0.5}), "");
  toque::Run run;
  run.metrics["accuracy/eval"] = 0.5;
  for (const char* split : {"test", "eval_ema"}) {
    run.split = split;
    EXPECT_OK(hook->AfterEvaluation(run));
  }
  EXPECT_EQ(run.stop_reason, "");
}

TEST(EarlyStoppingTest, NeedsItsMetric) {
  EXPECT_THAT(MakeStopping("")->Needs(), ElementsAre("accuracy/eval"));
}

// The hook of a run that is resumed after these evaluations.
std::unique_ptr<Hook> Resumed(const std::string& options,
                              const std::vector<double>& values) {
  const auto before = MakeStopping(options);
  Reason(*before, values);
  State state;
  before->Save(&state);
  auto after = MakeStopping(options);
  EXPECT_OK(after->Load(state));
  return after;
}

TEST(EarlyStoppingTest, GoesOnWaitingWhenTheRunIsResumed) {
  EXPECT_EQ(Reason(*Resumed("patience: 3", {0.5, 0.4}), {0.4}), "");
  EXPECT_THAT(Reason(*Resumed("patience: 3", {0.5, 0.4}), {0.4, 0.3}),
              HasSubstr("0.3: "));
  EXPECT_EQ(Reason(*Resumed("patience: 3", {}), {0.5, 0.4, 0.3}), "");
}

TEST(EarlyStoppingTest, KeepsARunEndedThatItHasEnded) {
  const auto reason = [](const std::string& options,
                         const std::vector<double>& values) {
    toque::Run run;
    EXPECT_OK(Resumed(options, values)->BeforeTraining(run));
    return run.stop_reason;
  };
  EXPECT_THAT(reason("patience: 1", {0.5, 0.4}), HasSubstr("better than 0.5"));
  EXPECT_THAT(reason("divergence: 0.25", {0.125}), HasSubstr("worse than"));
  EXPECT_EQ(reason("patience: 1 divergence: 0.25", {0.5}), "");
}

TEST(EarlyStoppingTest, RefusesOptionsOutOfRange) {
  const auto make = [](const std::string& options) {
    return Make<Hook>("recipe.EarlyStopping", options);
  };
  EXPECT_THAT(make(""), FailsWith("metric must be given"));
  EXPECT_THAT(make("metric: 'loss/train'"),
              FailsWith("metric must be one of an evaluation, as "
                        "\"loss/eval\", got loss/train"));
  EXPECT_THAT(make("metric: 'loss/test_ema'"),
              FailsWith("metric must not be one of the test"));
  EXPECT_THAT(make("metric: 'loss/eval' patience: 0"),
              FailsWith("patience must be at least 1, got 0"));
  EXPECT_THAT(make("metric: 'loss/eval' min_delta: -1"),
              FailsWith("min_delta must be at least 0, got -1"));
}

}  // namespace
}  // namespace toque
