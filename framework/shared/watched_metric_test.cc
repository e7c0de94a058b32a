#include "framework/shared/watched_metric.h"

#include "framework/testing/testing.h"

namespace toque {
namespace {

using testing::Optional;

TEST(WatchedMetricTest, TakesMetricsOfEvaluations) {
  for (const char* metric :
       {"loss/eval", "accuracy/eval_ema", "contest/eval"}) {
    EXPECT_OK(CheckWatched(metric)) << metric;
  }
}

TEST(WatchedMetricTest, RefusesMetricsOfNoEvaluation) {
  for (const char* metric : {"", "loss", "loss/", "loss/train"}) {
    EXPECT_THAT(CheckWatched(metric),
                FailsWith("metric must be one of an evaluation, as "
                          "\"loss/eval\", got"))
        << metric;
  }
}

TEST(WatchedMetricTest, RefusesToChooseByTheTest) {
  for (const char* metric : {"loss/test", "accuracy/test_ema"}) {
    EXPECT_THAT(
        CheckWatched(metric),
        FailsWith(absl::StrCat("metric must not be one of the test, which "
                               "never chooses, got ",
                               metric)));
  }
}

TEST(WatchedMetricTest, KnowsLossesAndErrorsByTheirNames) {
  for (const char* metric : {"loss/eval", "loss/eval_ema", "center_loss/eval",
                             "mean_absolute_error/eval"}) {
    EXPECT_TRUE(LessIsBetter(metric)) << metric;
    EXPECT_FALSE(LessIsBetter(metric, MAX)) << metric;
  }
  for (const char* metric : {"accuracy/eval", "f1/eval_lossless"}) {
    EXPECT_FALSE(LessIsBetter(metric)) << metric;
    EXPECT_TRUE(LessIsBetter(metric, MIN)) << metric;
  }
}

TEST(WatchedMetricTest, WarnsOfOneThatNeverCame) {
  testing::internal::CaptureStderr();
  WarnUnlessSeen("accuracy/eval_swa", true);
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  testing::internal::CaptureStderr();
  WarnUnlessSeen("accuracy/eval_ema", false);
  EXPECT_THAT(testing::internal::GetCapturedStderr(),
              testing::HasSubstr("accuracy/eval_ema never had a finite value"));
}

TEST(WatchedMetricTest, RefusesNamesThatCannotBePartOfAMetrics) {
  EXPECT_OK(CheckName("best_of_ema"));
  EXPECT_THAT(CheckName("a/b"), FailsWith("name must not be empty and have no "
                                          "slash, got \"a/b\""));
  EXPECT_FALSE(CheckName("").ok());
}

TEST(WatchedMetricTest, IsThatOfTheEvaluationThatHasJustEnded) {
  toque::Run run;
  run.metrics = {{"loss/eval", 0.5}, {"loss/eval_ema", 0.25}};
  run.split = "eval_ema";
  EXPECT_EQ(Watched(run, "loss/eval"), std::nullopt);
  EXPECT_EQ(Watched(run, "accuracy/eval_ema"), std::nullopt);
  EXPECT_THAT(Watched(run, "loss/eval_ema"), Optional(0.25));
}

}  // namespace
}  // namespace toque
