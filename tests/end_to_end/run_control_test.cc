// Fields of an experiment that say how a run goes, not what it learns.

#include <algorithm>
#include <filesystem>
#include <set>

#include "ATen/core/Tensor.h"
#include "framework/core/hook.h"
#include "framework/core/model_access.h"
#include "framework/testing/test_plugins.pb.h"
#include "tests/end_to_end/small_run.h"

namespace toque {
namespace {

namespace fs = std::filesystem;

// Notes which examples were trained on, and fails after a number of steps.
std::set<int64_t> trained_on;

struct Watch : Hook {
  explicit Watch(int64_t after) : after(after) {}
  absl::Status AfterForward(Run& run) override {
    if (run.phase != Phase::kTrain) return absl::OkStatus();
    trained_on.insert(run.batch.index.begin(), run.batch.index.end());
    if (run.progress.step == after) return absl::AbortedError("enough");
    return absl::OkStatus();
  }
  int64_t after;
};

Made<Hook> MakeWatch(const test::Halt& options) {
  return std::make_unique<Watch>(options.has_after() ? options.after() : -1);
}

TOQUE_PLUGIN(MakeWatch);

constexpr char kWatch[] = "hook { [type.googleapis.com/test.Halt] {} }";
// Images, so that there are convolutions and batch norms.
constexpr char kImages[] =
    "epochs: 1 model { [type.googleapis.com/recipe.ConvNet] { classes: 3 } } "
    "train { range { end: 16 } dataset { "
    "[type.googleapis.com/recipe.Synthetic] { shape: [1, 28, 28] } } } "
    "eval { dataset { [type.googleapis.com/recipe.Synthetic] { "
    "shape: [1, 28, 28] } } }";

at::Tensor TensorNamed(const Trainer& trainer, std::string_view name) {
  const auto& model = *trainer.parts().model;
  for (const auto& tensors : {Parameters(model), Buffers(model)}) {
    for (const auto& [own, tensor] : tensors) {
      if (own == name) return tensor;
    }
  }
  ADD_FAILURE() << "no tensor " << name;
  return {};
}

TEST(RunControlTest, TriesEverythingOnceInAFastDevRun) {
  const std::string folder = TestFolder();
  const auto trainer =
      MakeTrainer(SmallExperiment({"fast_dev_run: 2"}), folder);
  ASSERT_OK(trainer);
  const auto outcome = (*trainer)->Train();
  ASSERT_OK(outcome);
  EXPECT_EQ((*trainer)->run().progress.step, 2);
  // Schedules see the run as it will be.
  EXPECT_EQ((*trainer)->run().progress.total_steps, 20);
  EXPECT_TRUE(outcome->metrics.contains("accuracy/eval"));
  EXPECT_TRUE(fs::exists(folder + "/checkpoints/last.safetensors"));
  EXPECT_TRUE(fs::exists(folder + "/checkpoints/best.safetensors"));
}

TEST(RunControlTest, OverfitsTheFirstBatchesAlone) {
  trained_on.clear();
  ASSERT_OK(RunExperiment(SmallExperiment({"overfit_batches: 2", kWatch})));
  EXPECT_EQ(trained_on.size(), 16);
  EXPECT_EQ(*trained_on.rbegin(), 15);
}

TEST(RunControlTest, FindsAFaultOfTheEvaluationBeforeTheFirstStep) {
  const auto trainer = MakeTrainer(SmallExperiment(
      {"eval { dataset { [type.googleapis.com/recipe.Synthetic] { shape: 9 } } "
       "}"}));
  ASSERT_OK(trainer);
  EXPECT_THAT((*trainer)->Train(), FailsWith("eval: model: "));
  EXPECT_EQ((*trainer)->run().progress.step, 0);
}

TEST(RunControlTest, TrainsTheSameWithAndWithoutTryingTheEvaluation) {
  const std::string folder = TestFolder();
  ASSERT_OK(RunExperiment(SmallExperiment(), folder + "/tried"));
  ASSERT_OK(
      RunExperiment(SmallExperiment({"sanity_batches: 0"}), folder + "/not"));
  const auto tried =
      ReadCheckpoint(folder + "/tried/checkpoints/last.safetensors");
  const auto untried =
      ReadCheckpoint(folder + "/not/checkpoints/last.safetensors");
  ASSERT_OK(tried);
  ASSERT_OK(untried);
  for (const auto& [name, tensor] : tried->state.tensors()) {
    EXPECT_TRUE(tensor.equal(*untried->state.Get(name))) << name;
  }
}

TEST(RunControlTest, KeepsWhatStoodBeforeAnError) {
  const std::string folder = TestFolder();
  EXPECT_THAT(
      RunExperiment(
          SmallExperiment(
              {"hook { [type.googleapis.com/test.Halt] { after: 7 } }"}),
          folder),
      FailsWith("step 7: hook[3]: test.Halt: enough"));
  const auto failed =
      ReadCheckpoint(folder + "/checkpoints/failed.safetensors");
  ASSERT_OK(failed);
  const auto trainer = MakeTrainer(SmallExperiment({kWatch}), folder);
  ASSERT_OK(trainer);
  ASSERT_OK((*trainer)->Resume(*failed));
  EXPECT_EQ((*trainer)->run().progress.step, 7);
  ASSERT_OK((*trainer)->Train());
  EXPECT_EQ((*trainer)->run().progress.step, 20);
}

constexpr char kDiverges[] =
    "remove: 'recipe.LinearDecay' epochs: 3 "
    "optimizer { [type.googleapis.com/recipe.Sgd] { lr: 1e30 } }";

TEST(RunControlTest, NamesTheLastCheckpointWhereTheLossDiverges) {
  const std::string folder = TestFolder();
  ASSERT_OK(RunExperiment(SmallExperiment({"epochs: 1"}), folder));
  const std::string last = LastCheckpoint(folder);
  const std::string path = folder + "/checkpoints/last.safetensors";
  const auto checkpoint = ReadCheckpoint(path);
  ASSERT_OK(checkpoint);
  const auto trainer = MakeTrainer(SmallExperiment({kDiverges}), folder);
  ASSERT_OK(trainer);
  ASSERT_OK((*trainer)->Resume(*checkpoint));
  const auto outcome = (*trainer)->Train();
  EXPECT_THAT(outcome, FailsWith("the loss must be finite, got "));
  EXPECT_THAT(outcome, FailsWith("; resume from last, " + path +
                                 ", which stands before it"));
  EXPECT_EQ(LastCheckpoint(folder), last);
  EXPECT_FALSE(fs::exists(folder + "/checkpoints/failed.safetensors"));
}

TEST(RunControlTest, KeepsNoWeightsThatAreNotFinite) {
  const std::string folder = TestFolder();
  // Alone, and with an error before the log has seen what became of the loss.
  const absl::Status diverged =
      RunExperiment(SmallExperiment({kDiverges}), folder).status();
  EXPECT_THAT(diverged, FailsWith("the loss must be finite, got "));
  EXPECT_EQ(diverged.message().find("resume"), absl::string_view::npos);
  EXPECT_THAT(
      RunExperiment(
          SmallExperiment(
              {kDiverges, "log_every_steps: 10",
               "hook { [type.googleapis.com/test.Halt] { after: 8 } }"}),
          folder),
      FailsWith("enough"));
  EXPECT_FALSE(fs::exists(folder + "/checkpoints/failed.safetensors"));
}

TEST(RunControlTest, TellsWhereWhatStoodBeforeAnErrorCannotBeWritten) {
  const std::string folder = TestFolder();
  const auto trainer = MakeTrainer(
      SmallExperiment(
          {"hook { [type.googleapis.com/test.Halt] { after: 7 } }"}),
      folder);
  ASSERT_OK(trainer);
  fs::remove_all(folder + "/checkpoints");
  WriteBytes(folder + "/checkpoints", "");
  const auto outcome = (*trainer)->Train();
  EXPECT_THAT(outcome, FailsWith("step 7: hook[3]: test.Halt: enough\n"));
  EXPECT_THAT(outcome, FailsWith("/checkpoints/failed.safetensors"));
}

TEST(RunControlTest, CountsTheTensorsThatACheckpointHasNotAsTheModel) {
  const auto trainer = MakeTrainer(SmallExperiment({kImages}));
  ASSERT_OK(trainer);
  const auto& model = *(*trainer)->parts().model;
  const size_t tensors = Parameters(model).size() + Buffers(model).size();
  ASSERT_GT(tensors, 5u);
  const absl::Status status = (*trainer)->LoadWeights(Checkpoint());
  EXPECT_THAT(status, FailsWith(absl::StrCat("and ", tensors - 5, " more of ",
                                             tensors, " tensors")));
  EXPECT_EQ(std::count(status.message().begin(), status.message().end(), '\n'),
            5);
}

TEST(RunControlTest, RefusesWhatNeedsAGpuBeforeTheRun) {
  EXPECT_THAT(MakeTrainer(SmallExperiment({"precision: FP16"})),
              FailsWith("precision: FP16 needs a GPU"));
  EXPECT_THAT(MakeTrainer(SmallExperiment({"train { pin_memory: ON }"})),
              FailsWith("train.pin_memory: ON needs a GPU"));
}

TEST(RunControlTest, ComputesInBfloat16AndKeepsParametersInFloat32) {
  // Few steps, of which the rounding doesn't grow yet.
  const auto whole = MakeTrainer(SmallExperiment({"epochs: 1"}));
  const auto half =
      MakeTrainer(SmallExperiment({"epochs: 1", "precision: BF16"}));
  ASSERT_OK(whole);
  ASSERT_OK(half);
  const auto expected = (*whole)->Train();
  const auto outcome = (*half)->Train();
  ASSERT_OK(expected);
  ASSERT_OK(outcome);
  EXPECT_EQ((*half)->run().prediction.output.scalar_type(), at::kFloat);
  for (const auto& [name, parameter] : Parameters(*(*half)->parts().model)) {
    EXPECT_EQ(parameter.scalar_type(), at::kFloat) << name;
  }
  const double loss = outcome->metrics.at("loss/eval");
  EXPECT_NEAR(loss, expected->metrics.at("loss/eval"), 0.02);
  EXPECT_NE(loss, expected->metrics.at("loss/eval"));
}

TEST(RunControlTest, TrainsAlikeInBothMemoryFormats) {
  const Experiment contiguous = SmallExperiment({kImages});
  const Experiment last =
      SmallExperiment({kImages, "memory_format: CHANNELS_LAST"});
  const auto a = MakeTrainer(contiguous);
  const auto b = MakeTrainer(last);
  ASSERT_OK(a);
  ASSERT_OK(b);
  ASSERT_OK((*a)->Train());
  ASSERT_OK((*b)->Train());
  EXPECT_TRUE(
      (*b)->run().batch.input.is_contiguous(at::MemoryFormat::ChannelsLast));
  const at::Tensor left = TensorNamed(**a, "fc.weight");
  const at::Tensor right = TensorNamed(**b, "fc.weight");
  EXPECT_LT(left.sub(right).abs().max().item<double>(), 1e-5);
}

TEST(RunControlTest, WritesDownTheMemoryFormatThatItMeasured) {
  const auto trainer =
      MakeTrainer(SmallExperiment({kImages, "memory_format: AUTO"}));
  ASSERT_OK(trainer);
  EXPECT_NE((*trainer)->experiment().memory_format(), Experiment::AUTO);
  // Nothing else is changed by measuring.
  const auto plain = MakeTrainer(SmallExperiment({kImages}));
  ASSERT_OK(plain);
  for (const char* name : {"layer1.0.weight", "layer1.1.running_mean",
                           "layer1.1.num_batches_tracked"}) {
    EXPECT_TRUE(TensorNamed(**trainer, name).equal(TensorNamed(**plain, name)))
        << name;
  }
  EXPECT_FALSE(TensorNamed(**trainer, "fc.weight").grad().defined());
}

TEST(RunControlTest, MeasuresMemoryFormatsWithoutALossOfItsOwnTraces) {
  const auto trainer = MakeTrainer(SmallExperiment(
      {kImages, "memory_format: AUTO",
       "loss { [type.googleapis.com/recipe.Center] { dimensions: 3 } }"}));
  ASSERT_OK(trainer);
  const NamedTensors own = (*trainer)->parts().loss->Parameters();
  ASSERT_EQ(own.size(), 1u);
  EXPECT_FALSE(own[0].second.grad().defined());
}

TEST(RunControlTest, KeepsStatisticsOfFrozenModulesUnlessTheyMayMove) {
  const std::string frozen =
      "param_group { name: 'first' match: '^layer1' frozen: true }";
  for (const bool moving : {false, true}) {
    const auto trainer = MakeTrainer(SmallExperiment(
        {kImages, frozen, moving ? "frozen_statistics: MOVING" : "epochs: 1"}));
    ASSERT_OK(trainer);
    ASSERT_OK((*trainer)->Train());
    const double first = TensorNamed(**trainer, "layer1.1.running_mean")
                             .abs()
                             .sum()
                             .item<double>();
    EXPECT_EQ(first != 0, moving);
    EXPECT_NE(TensorNamed(**trainer, "layer2.1.running_mean")
                  .abs()
                  .sum()
                  .item<double>(),
              0);
  }
}

}  // namespace
}  // namespace toque
