// //tools:sweep over runs of the small experiment.

#include <cmath>
#include <filesystem>

#include "absl/strings/str_format.h"
#include "tests/end_to_end/small_run.h"
#include "tests/tools/run_tool.h"
#include "tools/metrics_file.h"

namespace toque {
namespace {

namespace fs = std::filesystem;
using testing::ContainsRegex;
using testing::HasSubstr;

class SweepTest : public testing::Test {
 protected:
  SweepTest() { WriteBytes(experiment_, SmallExperimentText()); }

  ToolRun Sweep(std::vector<std::string> arguments) const {
    arguments.insert(
        arguments.begin(),
        {"tools/sweep", "--experiment=" + experiment_, "--out=" + out_,
         "--metric=loss/eval", "--set=epochs: 1"});
    return RunTool(arguments);
  }

  const std::string folder_ = TestFolder();
  const std::string experiment_ = folder_ + "/small.textproto";
  const std::string out_ = folder_ + "/out";
};

TEST_F(SweepTest, PrintsEveryRunAndMeanAndDeviationOfEachVariant) {
  const ToolRun run = Sweep(
      {"--seeds=0,1",
       "--vary=optimizer { [type.googleapis.com/recipe.Sgd] { lr: 0.1 } }",
       "--vary=epochs: 2"});
  ASSERT_EQ(run.status, 0) << run.output;
  EXPECT_THAT(run.output,
              HasSubstr("    seed 0    seed 1      mean deviation\n"));
  for (const std::string variant :
       {"optimizer_recipe.Sgd_lr_0.1", "epochs_2"}) {
    const std::string folder = out_ + "/" + variant;
    const auto a = LastMetric(folder + "/seed_0", "loss/eval");
    const auto b = LastMetric(folder + "/seed_1", "loss/eval");
    ASSERT_TRUE(a && b) << folder;
    EXPECT_NE(*a, *b);
    EXPECT_THAT(run.output,
                HasSubstr(absl::StrFormat("%10.4f%10.4f%10.4f%10.4f\n", *a, *b,
                                          (*a + *b) / 2,
                                          std::abs(*a - *b) / std::sqrt(2))))
        << variant;
  }
  EXPECT_EQ(LastMetric(out_ + "/epochs_2/seed_0", "step"), 20);
}

TEST_F(SweepTest, TellsVariantsOfTheSameLettersApart) {
  const auto group = [](const std::string& match) {
    return "--vary=param_group { name: 'a' match: '" + match +
           "' lr_scale: 0 }";
  };
  // In the same folder the second one would be taken for finished.
  const ToolRun run = Sweep({"--seeds=0", group("bias"), group("bias$")});
  ASSERT_EQ(run.status, 0) << run.output;
  EXPECT_EQ(std::distance(fs::directory_iterator(out_), {}), 3)
      << "two variants and sweep.textproto";
  const ToolRun same = Sweep({"--vary=epochs: 2", "--vary=epochs:2"});
  EXPECT_EQ(same.status, 1);
  EXPECT_THAT(same.output,
              HasSubstr("as a folder is named after each, and \"epochs: 2\" is "
                        "there already, got epochs:2"));
}

TEST_F(SweepTest, SaysWhereAFolderCannotBeMade) {
  fs::create_directory(out_);
  WriteBytes(out_ + "/base", "a file");
  const ToolRun run = Sweep({"--seeds=0"});
  EXPECT_EQ(run.status, 1);
  EXPECT_THAT(run.output, HasSubstr(out_ + "/base"));
}

TEST_F(SweepTest, DoesNotRunAgainWhatIsFinished) {
  ASSERT_EQ(Sweep({"--seeds=0"}).status, 0);
  // What a run would write anew.
  WriteBytes(out_ + "/base/seed_0/metrics.jsonl",
             R"({"step":1,"loss/eval":123.5})"
             "\n");
  const ToolRun run = Sweep({"--seeds=0,1"});
  ASSERT_EQ(run.status, 0) << run.output;
  EXPECT_THAT(run.output, ContainsRegex("base +123.5000 +[0-9.]+ "));
}

TEST_F(SweepTest, GoesOnWithARunThatWasStopped) {
  ASSERT_EQ(Sweep({"--seeds=0"}).status, 0);
  const std::string whole = LastCheckpoint(out_ + "/base/seed_0");
  fs::remove(out_ + "/base/seed_0/finished");
  fs::remove(out_ + "/base/seed_0/environment.json");
  ASSERT_EQ(Sweep({"--seeds=0"}).status, 0);
  EXPECT_EQ(LastCheckpoint(out_ + "/base/seed_0"), whole);
  EXPECT_THAT(ReadBytes(out_ + "/base/seed_0/output.txt"),
              HasSubstr("going on after step 10"));
}

TEST_F(SweepTest, SaysWhatIsWrong) {
  ASSERT_EQ(Sweep({"--seeds=0"}).status, 0);
  EXPECT_THAT(Sweep({"--set=epochs: 2"}).output,
              HasSubstr("holds runs of another experiment or --set"));
  EXPECT_THAT(
      Sweep({"--seeds=0,x"}).output,
      HasSubstr("--seeds must be numbers separated by commas, got 0,x"));
  EXPECT_THAT(
      Sweep({"--seeds=0", "--metric=recall/eval"}).output,
      HasSubstr(
          "base: --metric must be one that is published, of "
          "accuracy/eval, accuracy/train, examples_per_second, loss/eval, "
          "loss/train, memory_mib, got recall/eval"));
  EXPECT_THAT(Sweep({"--vary=epochs: -1"}).output,
              HasSubstr("epochs_-1: epochs must be at least 1, got -1"));
  EXPECT_THAT(RunTool({"tools/sweep"}).output,
              HasSubstr("--experiment must be given"));
  const ToolRun wrong =
      Sweep({"--seeds=0", "--vary=train { range { end: 1000 } }"});
  EXPECT_EQ(wrong.status, 1);
  EXPECT_THAT(wrong.output, HasSubstr("train ended with status 1; see "));
}

}  // namespace
}  // namespace toque
