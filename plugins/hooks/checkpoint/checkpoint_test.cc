#include <limits>
#include <set>

#include "framework/core/hook.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

// Which of a series of evaluations ask for the best checkpoint: "x" where one
// does, "." where it doesn't.
std::string Bests(Hook& hook, const std::string& metric,
                  const std::vector<double>& values) {
  std::string bests;
  for (const double value : values) {
    Run run;
    run.split = metric.substr(metric.find('/') + 1);
    run.metrics[metric] = value;
    EXPECT_OK(hook.AfterEvaluation(run));
    bests += run.checkpoints == std::vector<std::string>{"best"} ? "x" : ".";
  }
  return bests;
}

std::string Bests(const std::string& options, const std::string& metric,
                  const std::vector<double>& values) {
  return Bests(*MakeOrDie<Hook>("recipe.Checkpoint", options), metric, values);
}

TEST(CheckpointTest, TakesStrictlyGreaterValuesForBetter) {
  EXPECT_EQ(Bests("", "accuracy/eval", {0.1, 0.1, 0.3, 0.2, 0.3, 0.31}),
            "x.x..x");
}

TEST(CheckpointTest, TakesStrictlyLesserValuesForBetterInModeMin) {
  EXPECT_EQ(Bests("metric: 'loss/eval' mode: MIN", "loss/eval",
                  {0.3, 0.3, 0.1, 0.2, 0.1, -1}),
            "x.x..x");
}

TEST(CheckpointTest, TakesLesserValuesOfALossForBetterByItself) {
  EXPECT_EQ(Bests("metric: 'loss/eval'", "loss/eval", {0.3, 0.4, 0.1}), "x.x");
  EXPECT_EQ(
      Bests("metric: 'loss/eval' mode: MAX", "loss/eval", {0.3, 0.4, 0.1}),
      "xx.");
}

TEST(CheckpointTest, WritesTheBestUnderItsName) {
  EXPECT_THAT(MakeOrDie<Hook>("recipe.Checkpoint")->Checkpoints(),
              ElementsAre("best"));
  EXPECT_THAT(MakeOrDie<Hook>("recipe.Checkpoint", "metric: ''")->Checkpoints(),
              IsEmpty());
  const auto hook = MakeOrDie<Hook>("recipe.Checkpoint", "name: 'highest'");
  EXPECT_THAT(hook->Checkpoints(), ElementsAre("highest"));
  toque::Run run;
  run.split = "eval";
  run.metrics["accuracy/eval"] = 0.5;
  EXPECT_OK(hook->AfterEvaluation(run));
  EXPECT_THAT(run.checkpoints, ElementsAre("highest"));
}

TEST(CheckpointTest, RefusesNamesOfOtherCheckpoints) {
  for (const char* name : {"last", "failed", "epoch_0003"}) {
    EXPECT_THAT(
        Make<Hook>("recipe.Checkpoint", absl::StrCat("name: '", name, "'")),
        FailsWith(absl::StrCat(
            "name must not be that of another checkpoint, got ", name)));
  }
  EXPECT_THAT(Make<Hook>("recipe.Checkpoint", "name: '../best'"),
              FailsWith("name must not be empty and have no slash"));
}

TEST(CheckpointTest, TakesTheFirstFiniteValueForTheBest) {
  EXPECT_EQ(Bests("", "accuracy/eval", {kNan, kInfinity, -kInfinity, 0, kNan}),
            "...x.");
}

TEST(CheckpointTest, LooksOnlyAtEvaluationsOfItsSplit) {
  const auto hook = MakeOrDie<Hook>("recipe.Checkpoint");
  toque::Run run;
  run.metrics["accuracy/eval"] = 0.5;
  for (const char* split : {"test", "eval_ema"}) {
    run.split = split;
    EXPECT_OK(hook->AfterEvaluation(run));
  }
  EXPECT_THAT(run.checkpoints, IsEmpty());
  EXPECT_EQ(Bests("metric: 'accuracy/eval_ema'", "accuracy/eval_ema", {0.5}),
            "x");
}

TEST(CheckpointTest, NeedsItsMetric) {
  EXPECT_THAT(MakeOrDie<Hook>("recipe.Checkpoint")->Needs(),
              ElementsAre("accuracy/eval"));
  EXPECT_THAT(MakeOrDie<Hook>("recipe.Checkpoint", "metric: ''")->Needs(),
              IsEmpty());
}

TEST(CheckpointTest, RemembersTheBestValueWhenTheRunIsResumed) {
  const auto before = MakeOrDie<Hook>("recipe.Checkpoint");
  State state;
  before->Save(&state);
  EXPECT_EQ(Bests(*before, "accuracy/eval", {0.5}), "x");
  State later;
  before->Save(&later);

  const auto after = MakeOrDie<Hook>("recipe.Checkpoint");
  ASSERT_OK(after->Load(later));
  EXPECT_EQ(Bests(*after, "accuracy/eval", {0.4, 0.5, 0.6}), "..x");
  ASSERT_OK(after->Load(state));
  EXPECT_EQ(Bests(*after, "accuracy/eval", {0.1}), "x");
}

// What stands after six epochs when all that was asked for is carried out.
std::set<std::string> Numbered(const std::string& options) {
  const auto hook = MakeOrDie<Hook>("recipe.Checkpoint", options);
  std::set<std::string> names;
  for (int64_t epoch = 1; epoch <= 6; ++epoch) {
    Run run;
    run.progress.epoch = epoch;
    EXPECT_OK(hook->AfterEpoch(run));
    names.insert(run.checkpoints.begin(), run.checkpoints.end());
    for (const std::string& name : run.removals) names.erase(name);
  }
  return names;
}

TEST(CheckpointTest, NumbersOneEveryFewEpochs) {
  EXPECT_THAT(Numbered("every_epochs: 2"),
              ElementsAre("epoch_0002", "epoch_0004", "epoch_0006"));
  EXPECT_THAT(Numbered(""), IsEmpty());
}

TEST(CheckpointTest, RemovesOlderOnesThanItKeeps) {
  EXPECT_THAT(Numbered("every_epochs: 1 keep: 2"),
              ElementsAre("epoch_0005", "epoch_0006"));
  EXPECT_THAT(Numbered("every_epochs: 2 keep: 1"), ElementsAre("epoch_0006"));
}

TEST(CheckpointTest, RefusesOptionsOutOfRange) {
  EXPECT_THAT(Make<Hook>("recipe.Checkpoint", "metric: 'loss/train'"),
              FailsWith("metric must be one of an evaluation, as "
                        "\"loss/eval\", got loss/train"));
  EXPECT_THAT(Make<Hook>("recipe.Checkpoint", "metric: 'loss'"),
              FailsWith("got loss"));
  EXPECT_THAT(Make<Hook>("recipe.Checkpoint", "metric: 'accuracy/test'"),
              FailsWith("metric must not be one of the test, which never "
                        "chooses, got accuracy/test"));
  EXPECT_THAT(Make<Hook>("recipe.Checkpoint", "every_epochs: -1"),
              FailsWith("every_epochs must be at least 0, got -1"));
  EXPECT_THAT(Make<Hook>("recipe.Checkpoint", "keep: -1"),
              FailsWith("keep must be at least 0, got -1"));
}

}  // namespace
}  // namespace toque
