// //tools:evaluate on a run that an experiment's program made.

#include "ATen/core/Tensor.h"
#include "absl/strings/str_format.h"
#include "framework/weights/safetensors.h"
#include "tests/tools/run_tool.h"
#include "tools/metrics_file.h"

namespace toque {
namespace {

using testing::HasSubstr;
using testing::Not;

class EvaluateTest : public testing::Test {
 protected:
  EvaluateTest() {
    const ToolRun run =
        RunTool({"experiments/synthetic_mlp", "--run_dir=" + run_,
                 "--set=steps: 30 eval { batch_size: 400 }"});
    EXPECT_EQ(run.status, 0) << run.output;
  }

  ToolRun Evaluate(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(),
                     {"tools/evaluate", "--run_dir=" + run_});
    return RunTool(arguments);
  }

  const std::string folder_ = TestFolder();
  const std::string run_ = folder_ + "/run";
};

TEST_F(EvaluateTest, PrintsTheMetricsThatTheRunEndedWith) {
  const ToolRun run = Evaluate({"--checkpoint=last"});
  ASSERT_EQ(run.status, 0) << run.output;
  const auto accuracy = LastMetric(run_, "accuracy/eval");
  const auto loss = LastMetric(run_, "loss/eval");
  ASSERT_TRUE(accuracy && loss);
  EXPECT_THAT(run.output, HasSubstr(absl::StrFormat("accuracy/eval %.2f%%\n",
                                                    *accuracy * 100)));
  EXPECT_THAT(run.output,
              HasSubstr(absl::StrFormat("loss/eval %.4g\n", *loss)));
  // Once: the run has a progress bar.
  EXPECT_THAT(run.output, Not(HasSubstr("epoch")));
}

TEST_F(EvaluateTest, PrintsTheMetricsOfAveragesAsTheRunHadThem) {
  const std::string run = folder_ + "/averaged";
  const ToolRun trained = RunTool(
      {"tools/train", "--experiment=experiments/synthetic_mlp.textproto",
       "--run_dir=" + run,
       "--set=steps: 30 hook { [type.googleapis.com/recipe.Ema] { decay: 0.9 } "
       "} hook { [type.googleapis.com/recipe.Swa] { begin: 10 every: 5 per: "
       "STEP "
       "} } hook { [type.googleapis.com/recipe.Checkpoint] { "
       "metric: 'accuracy/eval_ema' } }"});
  ASSERT_EQ(trained.status, 0) << trained.output;
  for (const std::string averages : {"ema", "swa"}) {
    const ToolRun evaluated = RunTool(
        {"tools/evaluate", "--run_dir=" + run, "--averages=" + averages});
    ASSERT_EQ(evaluated.status, 0) << evaluated.output;
    const auto accuracy = LastMetric(run, "accuracy/eval_" + averages);
    const auto loss = LastMetric(run, "loss/eval_" + averages);
    ASSERT_TRUE(accuracy && loss);
    EXPECT_EQ(evaluated.output,
              absl::StrFormat("accuracy/eval_%s %.2f%%\nloss/eval_%s %.4g\n",
                              averages, *accuracy * 100, averages, *loss));
    EXPECT_NE(loss, LastMetric(run, "loss/eval"));
  }
}

TEST_F(EvaluateTest, TakesTheLastCheckpointWhereThereIsNoBest) {
  const ToolRun run = Evaluate({});
  EXPECT_EQ(run.status, 0);
  EXPECT_THAT(run.output, HasSubstr("no best checkpoint, taking the last"));
  EXPECT_THAT(run.output, HasSubstr("accuracy/eval "));
}

TEST_F(EvaluateTest, EvaluatesTheExperimentAsChanged) {
  // Another part of the data has another loss.
  const ToolRun whole = Evaluate({"--checkpoint=last"});
  const ToolRun part =
      Evaluate({"--checkpoint=last", "--set=eval { range { begin: 1900 } }"});
  EXPECT_EQ(part.status, 0) << part.output;
  EXPECT_NE(part.output, whole.output);
}

TEST_F(EvaluateTest, DumpsTheFirstBatchAndItsLogits) {
  const std::string path = folder_ + "/dump.safetensors";
  const ToolRun run = Evaluate({"--checkpoint=last", "--dump=" + path});
  ASSERT_EQ(run.status, 0) << run.output;
  const auto dump = ReadSafetensors(path);
  ASSERT_OK(dump);
  const auto input = dump->state.Get("input");
  const auto output = dump->state.Get("output");
  const auto target = dump->state.Get("target");
  ASSERT_OK(input);
  ASSERT_OK(output);
  ASSERT_OK(target);
  EXPECT_EQ(input->sizes(), (std::vector<int64_t>{400, 32}));
  // The one batch is the whole section.
  const double accuracy =
      output->argmax(1).eq(*target).to(at::kDouble).mean().item<double>();
  EXPECT_DOUBLE_EQ(accuracy, LastMetric(run_, "accuracy/eval").value_or(-1));
}

TEST_F(EvaluateTest, SaysWhatIsWrong) {
  EXPECT_THAT(RunTool({"tools/evaluate"}).output,
              HasSubstr("--run_dir must be given"));
  EXPECT_THAT(RunTool({"tools/evaluate", "--run_dir=" + folder_}).output,
              HasSubstr("is no run folder"));
  EXPECT_THAT(Evaluate({"--split=test"}).output,
              HasSubstr("the experiment must have a section \"test\""));
  EXPECT_THAT(Evaluate({"--split=train"}).output,
              HasSubstr("--split must be eval or test, got train"));
  EXPECT_THAT(Evaluate({"--averages=best"}).output,
              HasSubstr("--averages must be ema or swa, got best"));
  EXPECT_THAT(Evaluate({"--averages=swa"}).output,
              HasSubstr("last.safetensors: holds no averages of swa"));
  const ToolRun resumed = Evaluate({"--resume"});
  EXPECT_EQ(resumed.status, 1);
  EXPECT_THAT(resumed.output, HasSubstr("unknown"));
  const ToolRun missing = Evaluate({"--checkpoint=" + folder_ + "/none"});
  EXPECT_EQ(missing.status, 1);
  EXPECT_THAT(missing.output, HasSubstr(folder_ + "/none: "));
  // Too long for the file system, which throws.
  EXPECT_EQ(Evaluate({"--checkpoint=" + std::string(300, 'x')}).status, 1);
}

}  // namespace
}  // namespace toque
