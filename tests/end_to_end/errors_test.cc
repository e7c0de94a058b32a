// What is wrong with an experiment is told before anything is trained or
// written; what goes wrong in training, at the next line of the log.

#include <cmath>

#include "framework/config/overrides.h"
#include "tests/end_to_end/small_run.h"

namespace toque {
namespace {

absl::Status CreateWith(const std::string& change) {
  return MakeTrainer(SmallExperiment({change})).status();
}

TEST(ErrorsTest, NamesTheLayerAndBothShapesThatDoNotFit) {
  const absl::Status status =
      CreateWith("model { [type.googleapis.com/recipe.Mlp] { inputs: 9 } }");
  EXPECT_THAT(status, FailsWith("model: "));
  EXPECT_THAT(status, FailsWith("net.1"));
  EXPECT_THAT(status, FailsWith("[1, 8]"));
  EXPECT_THAT(status, FailsWith("9"));
  // And no frames of a stack.
  EXPECT_EQ(status.message().find("frame #"), absl::string_view::npos)
      << status;
}

TEST(ErrorsTest, NamesAMetricThatNobodyPublishes) {
  EXPECT_THAT(
      CreateWith("hook { [type.googleapis.com/recipe.Checkpoint] { "
                 "metric: 'recall/eval' } }"),
      FailsWith("hook[2]: recipe.Checkpoint: nobody publishes \"recall/eval\"; "
                "published are accuracy/eval, accuracy/train, loss/eval, "
                "loss/train"));
}

TEST(ErrorsTest, NamesAnEvaluationThatNobodyAsksFor) {
  const std::string watches =
      "hook { [type.googleapis.com/recipe.Checkpoint] { "
      "metric: 'accuracy/eval_ema' } }";
  const std::string ema = "hook { [type.googleapis.com/recipe.Ema] {} }";
  EXPECT_THAT(CreateWith(watches),
              FailsWith("hook[2]: recipe.Checkpoint: nobody publishes "
                        "\"accuracy/eval_ema\"; published are accuracy/eval, "
                        "accuracy/train, loss/eval, loss/train"));
  EXPECT_OK(MakeTrainer(SmallExperiment({watches, ema})));
  EXPECT_THAT(MakeTrainer(SmallExperiment(
                  {"hook { [type.googleapis.com/recipe.Checkpoint] { "
                   "metric: 'accuracy/eval_emma' } }",
                   ema})),
              FailsWith("\"accuracy/eval_emma\"; published are accuracy/eval, "
                        "accuracy/eval_ema, accuracy/train, loss/eval, "
                        "loss/eval_ema, loss/train"));
}

TEST(ErrorsTest, TellsMetricsOfTrainingFromThoseOfEvaluations) {
  EXPECT_THAT(
      CreateWith("hook { [type.googleapis.com/recipe.ClipGradNorm] { "
                 "max_norm: 1 } } "
                 "hook { [type.googleapis.com/recipe.Checkpoint] { "
                 "metric: 'grad_norm/eval' } }"),
      FailsWith("hook[2]: recipe.Checkpoint: nobody publishes "
                "\"grad_norm/eval\"; published are accuracy/eval, "
                "accuracy/train, grad_norm/train, loss/eval, loss/train"));
}

TEST(ErrorsTest, RefusesNamesThatTwoHooksUse) {
  const std::string hook = "hook { [type.googleapis.com/recipe.";
  const std::string cross_entropy =
      "loss { [type.googleapis.com/recipe.CrossEntropy] {} }";
  EXPECT_THAT(
      CreateWith(hook + "MeanLoss] { name: 'loss' " + cross_entropy + " } }"),
      FailsWith("hook[3]: recipe.MeanLoss: the name of its metric must "
                "not be that of the trainer, got loss"));
  const std::string ema = hook + "Ema] {} } ";
  EXPECT_THAT(CreateWith(ema + ema),
              FailsWith("hook[4]: recipe.Ema: the name of its evaluation must "
                        "not be that of hook[3]: recipe.Ema, got ema"));
  // A change to a plugin that stands there once would be merged into it.
  Experiment twice = SmallExperiment();
  *twice.add_hook() = twice.hook(2);
  EXPECT_THAT(
      MakeTrainer(twice),
      FailsWith("hook[3]: recipe.Checkpoint: the name of its checkpoint "
                "must not be that of hook[2]: recipe.Checkpoint, got "
                "best"));
  EXPECT_OK(ApplyOverride(hook + "Checkpoint] { metric: 'loss/eval' "
                                 "name: 'best_loss' } } at: 1",
                          &twice));
  const std::string folder = TestFolder();
  EXPECT_OK(RunExperiment(twice, folder));
  for (const char* name : {"best", "best_loss"}) {
    EXPECT_NE(
        ReadBytes(absl::StrCat(folder, "/checkpoints/", name, ".safetensors")),
        "")
        << name;
  }
}

TEST(ErrorsTest, WarnsOfAMetricThatNeverCame) {
  testing::internal::CaptureStderr();
  EXPECT_OK(RunExperiment(SmallExperiment(
      {"hook { [type.googleapis.com/recipe.Ema] { every_steps: 100000 } } "
       "hook { [type.googleapis.com/recipe.Checkpoint] { "
       "metric: 'accuracy/eval_ema' } }"})));
  EXPECT_THAT(testing::internal::GetCapturedStderr(),
              testing::HasSubstr("accuracy/eval_ema never had a finite value"));
}

TEST(ErrorsTest, ReportsFaultsOfSeveralPluginsTogether) {
  const absl::Status status = CreateWith(
      "model { [type.googleapis.com/recipe.Mlp] { classes: 0 } } "
      "optimizer { [type.googleapis.com/recipe.Sgd] { lr: -1 } }");
  EXPECT_THAT(status, FailsWith("model: recipe.Mlp: classes must be at least "
                                "1, got 0"));
  EXPECT_THAT(status, FailsWith("optimizer: recipe.Sgd: lr must be"));
}

TEST(ErrorsTest, NamesARangeOutsideOfTheDataSet) {
  EXPECT_THAT(CreateWith("train { range { end: 101 } }"),
              FailsWith("train.range: must lie in the 100 examples of the data "
                        "set and not be empty, got [0, 101)"));
}

TEST(ErrorsTest, NamesClassesThatTheModelHasNoOutputFor) {
  EXPECT_THAT(CreateWith("train { dataset { "
                         "[type.googleapis.com/recipe.Synthetic] { classes: 5 "
                         "} } }"),
              FailsWith("model: must have an output for each of the 5 classes "
                        "of train.dataset, got 3"));
}

TEST(ErrorsTest, NamesALabelThatTheModelHasNoOutputFor) {
  // Classes 3 and 4 are unknown to the model; what eval holds is not asked.
  EXPECT_THAT(
      RunExperiment(SmallExperiment(
          {"eval { dataset { [type.googleapis.com/recipe.Synthetic] { "
           "classes: 5 } } }"})),
      FailsWith("the label must be in 0 .. 2, as the model has that many "
                "outputs, got"));
}

TEST(ErrorsTest, NamesAModelOutputThatTheLossCannotTakeBeforeTheFirstStep) {
  EXPECT_THAT(
      RunExperiment(SmallExperiment(
          {"loss { [type.googleapis.com/recipe.Mse] {} }",
           "remove: 'recipe.Accuracy'", "remove: 'recipe.Checkpoint'"})),
      FailsWith("eval: loss: "));
}

TEST(ErrorsTest, ReportsWhatAHookThrows) {
  // There are only three classes.
  EXPECT_THAT(
      RunExperiment(SmallExperiment(
          {"hook { [type.googleapis.com/recipe.Accuracy] { top_k: 4 } "
           "} remove: 'recipe.Checkpoint' sanity_batches: 0"})),
      FailsWith("step 0: hook[1]: recipe.Accuracy: top_k must be at most the 3 "
                "classes"));
}

// So high that the second step's loss is no number.
constexpr char kDiverges[] =
    "remove: 'recipe.LinearDecay' "
    "optimizer { [type.googleapis.com/recipe.Sgd] { lr: 1e30 } }";

TEST(ErrorsTest, NamesTheFirstStepWhoseLossIsNotFinite) {
  const auto outcome = RunExperiment(SmallExperiment({kDiverges}));
  // The log has a line every 5 steps.
  EXPECT_THAT(std::string(outcome.status().message()),
              testing::MatchesRegex("step [1-4]: the loss must be finite, got "
                                    "-?(nan|inf) at rate 1e\\+30"));
}

TEST(ErrorsTest, GoesOnWithoutAFiniteLossWhenAsked) {
  const auto trainer =
      MakeTrainer(SmallExperiment({kDiverges, "non_finite: CONTINUE"}));
  ASSERT_OK(trainer);
  const auto outcome = (*trainer)->Train();
  ASSERT_OK(outcome);
  EXPECT_EQ((*trainer)->run().progress.step, 20);
  EXPECT_FALSE(std::isfinite(outcome->metrics.at("loss/train")));
}

}  // namespace
}  // namespace toque
