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
