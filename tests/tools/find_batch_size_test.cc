#include "tests/end_to_end/small_run.h"
#include "tests/tools/run_tool.h"
#include "tools/batch_trial.h"
#include "tools/largest_fit.h"

namespace toque {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

TEST(LargestFitTest, ComesWithinASixteenthOfEveryBound) {
  for (int64_t bound = 8; bound <= 2000; ++bound) {
    int tries = 0;
    const int64_t found = LargestFit(8, 1000, [&](int64_t size) {
      ++tries;
      EXPECT_LE(size, 1000);
      return size <= bound;
    });
    EXPECT_LE(found, bound);
    EXPECT_GE(found + std::max<int64_t>(1, found / 16),
              std::min<int64_t>(bound, 1000));
    EXPECT_LE(tries, 12) << bound;
  }
}

TEST(LargestFitTest, TakesTheMaximumWhereAllFit) {
  EXPECT_EQ(LargestFit(8, 1000, [](int64_t) { return true; }), 1000);
  EXPECT_EQ(LargestFit(8, 8, [](int64_t) { return true; }), 8);
}

TEST(BatchTrialTest, TrainsAFewStepsWithAllHooks) {
  // The hooks need metrics of an evaluation, which is never reached.
  const auto trial = TryBatch(SmallExperiment(), 40, Context());
  ASSERT_OK(trial);
  EXPECT_EQ(trial->training_set, 80);
  EXPECT_GT(trial->examples_per_second, 0);
  EXPECT_GT(trial->peak_bytes, 10 << 20);
}

TEST(BatchTrialTest, TimesThreeStepsOfAllTheirExamples) {
  auto trial = TryBatch(SmallExperiment({"accumulate_steps: 2"}), 4, Context());
  ASSERT_OK(trial);
  EXPECT_EQ(trial->examples, 3 * 2 * 4);
  // Pieces of a batch are no more examples.
  Experiment pieces = SmallExperiment(
      {"model { [type.googleapis.com/recipe.Lstm] { output: EVERY } }",
       "train { tbptt_steps: 5 dataset { [type.googleapis.com/recipe.Recall] "
       "{ target: EVERY } } }"});
  pieces.clear_eval();
  pieces.clear_hook();
  trial = TryBatch(pieces, 4, Context());
  ASSERT_OK(trial);
  EXPECT_EQ(trial->examples, 3 * 4);
}

TEST(BatchTrialTest, ReportsWhatIsWrongWithTheExperiment) {
  EXPECT_THAT(TryBatch(SmallExperiment(), 0, Context()),
              FailsWith("train.batch_size must be at least 1, got 0"));
}

class FindBatchSizeTest : public testing::Test {
 protected:
  FindBatchSizeTest() { WriteBytes(experiment_, SmallExperimentText()); }

  ToolRun Find(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(),
                     {"tools/find_batch_size", "--experiment=" + experiment_});
    return RunTool(arguments);
  }

  const std::string experiment_ = TestFolder() + "/small.textproto";
};

TEST_F(FindBatchSizeTest, TriesNoMoreThanTheTrainingSet) {
  const ToolRun run = Find({"--from=20"});
  ASSERT_EQ(run.status, 0) << run.output;
  EXPECT_THAT(run.output, ContainsRegex("\n +20 +[0-9]+ +[0-9]+\n"));
  EXPECT_THAT(run.output, ContainsRegex("\n +40 +[0-9]+ +[0-9]+\n"));
  EXPECT_THAT(run.output, ContainsRegex("\n +80 +[0-9]+ +[0-9]+\n"));
  EXPECT_THAT(run.output, Not(ContainsRegex("\n +160 ")));
  EXPECT_THAT(run.output,
              HasSubstr("largest batch_size that fits: 80 (more was not"));
}

TEST_F(FindBatchSizeTest, FindsThatMemoryIsNotEnough) {
  // The activations of an example take about a MB.
  const ToolRun run =
      Find({"--memory_mib=700", "--from=16",
            "--set=model { [type.googleapis.com/recipe.Mlp] { hidden: 100000 } "
            "} train { dataset { [type.googleapis.com/recipe.Synthetic] { "
            "examples: 4000 } } range { end: 4000 } }"});
  ASSERT_EQ(run.status, 0) << run.output;
  EXPECT_THAT(run.output, ContainsRegex("[0-9]+ +fails: "));
  EXPECT_THAT(run.output,
              ContainsRegex("\nlargest batch_size that fits: [0-9]+\n"));
}

TEST_F(FindBatchSizeTest, SaysWhatIsWrong) {
  EXPECT_THAT(Find({"--from=0"}).output,
              HasSubstr("--from must be at least 1, got 0"));
  EXPECT_THAT(Find({"--max=4"}).output,
              HasSubstr("--max must be at least 8, got 4"));
  const ToolRun wrong =
      Find({"--set=model { [type.googleapis.com/recipe.Mlp] { inputs: 9 } }"});
  EXPECT_EQ(wrong.status, 1);
  EXPECT_THAT(wrong.output, ContainsRegex("8 +fails: .*9"));
  EXPECT_THAT(wrong.output,
              HasSubstr("--from must be a batch size that fits, got 8"));
}

}  // namespace
}  // namespace toque
