// What a run computes must not depend on how it is computed: in how many
// micro-batches, with how many threads, in one go or in two.

#include <filesystem>

#include "ATen/core/Tensor.h"
#include "framework/core/hook.h"
#include "framework/core/model_access.h"
#include "framework/testing/test_plugins.pb.h"
#include "tests/end_to_end/small_run.h"

namespace toque {
namespace {

std::atomic<int> interrupt = 0;

// Stands for the user who interrupts a run after a step.
struct Halt : Hook {
  explicit Halt(int64_t after) : after(after) {}
  absl::Status AfterStep(Run& run) override {
    if (run.progress.step == after) interrupt = 1;
    return absl::OkStatus();
  }
  int64_t after;
};

Made<Hook> MakeHalt(const test::Halt& options) {
  return std::make_unique<Halt>(options.after());
}

TOQUE_PLUGIN(MakeHalt);

// The largest difference of any parameter after training.
double Difference(const Experiment& a, const Experiment& b) {
  const auto first = MakeTrainer(a);
  const auto second = MakeTrainer(b);
  EXPECT_OK(first);
  EXPECT_OK(second);
  EXPECT_OK((*first)->Train());
  EXPECT_OK((*second)->Train());
  const NamedTensors left = Parameters(*(*first)->run().model);
  const NamedTensors right = Parameters(*(*second)->run().model);
  EXPECT_EQ(left.size(), right.size());
  double difference = 0;
  for (size_t i = 0; i < left.size(); ++i) {
    const double own =
        left[i].second.sub(right[i].second).abs().max().item<double>();
    difference = std::max(difference, own);
  }
  return difference;
}

// 22 examples in steps of 8, 8 and 6.
constexpr char kExact[] =
    "default_dtype: FLOAT64 epochs: 3 "
    "model { [type.googleapis.com/recipe.Mlp] { dropout: 0 } } "
    "train { range { end: 22 } }";

TEST(TrainTest, SmallBatchesAccumulatedEqualALargeOne) {
  const Experiment large = SmallExperiment({kExact});
  const auto accumulated = [](int batch_size, int steps) {
    return SmallExperiment(
        {kExact, absl::StrCat("accumulate_steps: ", steps,
                              " train { batch_size: ", batch_size, " }")});
  };
  // 6 are three full batches of 2, and one of 4 and a smaller one.
  EXPECT_LT(Difference(large, accumulated(2, 4)), 1e-12);
  EXPECT_LT(Difference(large, accumulated(4, 2)), 1e-12);
  // The comparison can tell.
  EXPECT_GT(Difference(large, accumulated(2, 2)), 1e-6);
}

TEST(TrainTest, GoesOnBitForBitAfterAnInterruptionInMidEpoch) {
  const Experiment experiment = SmallExperiment(
      {"hook { [type.googleapis.com/test.Halt] { after: 13 } }"});
  const std::string folder = TestFolder();
  ASSERT_OK(RunExperiment(experiment, folder + "/whole"));

  interrupt = 0;
  auto trainer = MakeTrainer(experiment, folder + "/halted", &interrupt);
  ASSERT_OK(trainer);
  const auto outcome = (*trainer)->Train();
  ASSERT_OK(outcome);
  EXPECT_TRUE(outcome->interrupted);
  EXPECT_EQ((*trainer)->run().progress.step, 13);
  EXPECT_NE(LastCheckpoint(folder + "/halted"),
            LastCheckpoint(folder + "/whole"));

  trainer = MakeTrainer(experiment, folder + "/halted");
  ASSERT_OK(trainer);
  const auto checkpoint =
      ReadCheckpoint(folder + "/halted/checkpoints/last.safetensors");
  ASSERT_OK(checkpoint);
  ASSERT_OK((*trainer)->Resume(*checkpoint));
  ASSERT_OK((*trainer)->Train());
  EXPECT_EQ(LastCheckpoint(folder + "/halted"),
            LastCheckpoint(folder + "/whole"));
}

TEST(TrainTest, GoesOnFromTheEndOfAShorterRun) {
  const std::string folder = TestFolder();
  // No schedule, whose factor would depend on the length.
  const std::vector<std::string> changes = {"remove: 'recipe.LinearDecay'"};
  const Experiment long_run = SmallExperiment({changes[0], "epochs: 3"});
  const Experiment short_run = SmallExperiment({changes[0], "steps: 13"});
  ASSERT_OK(RunExperiment(long_run, folder + "/whole"));
  ASSERT_OK(RunExperiment(short_run, folder + "/short"));

  const auto trainer = MakeTrainer(long_run, folder + "/short");
  ASSERT_OK(trainer);
  const auto checkpoint =
      ReadCheckpoint(folder + "/short/checkpoints/last.safetensors");
  ASSERT_OK(checkpoint);
  ASSERT_OK((*trainer)->Resume(*checkpoint));
  ASSERT_OK((*trainer)->Train());
  EXPECT_EQ(LastCheckpoint(folder + "/short"),
            LastCheckpoint(folder + "/whole"));
}

TEST(TrainTest, RefusesToGoOnWhereAnEpochHasAnotherLength) {
  const std::string folder = TestFolder();
  ASSERT_OK(RunExperiment(SmallExperiment({"epochs: 1"}), folder));
  const auto checkpoint =
      ReadCheckpoint(folder + "/checkpoints/last.safetensors");
  ASSERT_OK(checkpoint);
  for (const char* change :
       {"train { batch_size: 16 }", "accumulate_steps: 2",
        "train { range { end: 40 } }", "overfit_batches: 5"}) {
    const auto trainer = MakeTrainer(SmallExperiment({change}));
    ASSERT_OK(trainer);
    EXPECT_THAT(
        (*trainer)->Resume(*checkpoint),
        FailsWith("an epoch must have the checkpoint's 10 steps: "
                  "train.batch_size, accumulate_steps and the number of "
                  "examples must stay, got 5"))
        << change;
  }
}

TEST(TrainTest, EndsEqualWithAnyNumberOfLoaderThreads) {
  const std::string folder = TestFolder();
  std::string expected;
  for (const int threads : {0, 1, 2, 16}) {
    const std::string run = absl::StrCat(folder, "/", threads);
    ASSERT_OK(RunExperiment(
        SmallExperiment(
            {absl::StrCat("train { loader_threads: ", threads, " }"),
             absl::StrCat("eval { loader_threads: ", threads, " }")}),
        run));
    if (expected.empty()) expected = LastCheckpoint(run);
    EXPECT_EQ(LastCheckpoint(run), expected) << threads << " threads";
  }
}

TEST(TrainTest, EndsOtherwiseWithAnotherSeed) {
  const std::string folder = TestFolder();
  ASSERT_OK(RunExperiment(SmallExperiment(), folder + "/0"));
  ASSERT_OK(RunExperiment(SmallExperiment({"seed: 1"}), folder + "/1"));
  EXPECT_NE(LastCheckpoint(folder + "/0"), LastCheckpoint(folder + "/1"));
}

TEST(TrainTest, LearnsWhatTheExamplesShow) {
  const auto outcome = RunExperiment(SmallExperiment({"epochs: 20"}));
  ASSERT_OK(outcome);
  EXPECT_GT(outcome->metrics.at("accuracy/eval"), 0.6);
}

TEST(TrainTest, OpensEqualDataSetsOfTwoSectionsOnce) {
  const auto trainer = MakeTrainer(SmallExperiment());
  ASSERT_OK(trainer);
  const Parts& parts = (*trainer)->parts();
  EXPECT_EQ(parts.train.dataset, parts.eval->dataset);
  EXPECT_EQ(parts.train.end, 80);
  EXPECT_EQ(parts.eval->begin, 80);
  EXPECT_EQ(parts.eval->end, 100);
}

TEST(TrainTest, EvaluatesTheTestSectionOnceAtTheEnd) {
  const auto outcome = RunExperiment(SmallExperiment(
      {"test { dataset { [type.googleapis.com/recipe.Synthetic] { examples: 30 "
       "classes: 3 shape: 8 seed: 5 } } }"}));
  ASSERT_OK(outcome);
  EXPECT_TRUE(outcome->metrics.contains("accuracy/test"));
  EXPECT_TRUE(outcome->metrics.contains("loss/test"));
}

}  // namespace
}  // namespace toque
