// //tools:runs on run folders as the trainer leaves them.

#include <filesystem>

#include "framework/config/config.h"
#include "tests/end_to_end/small_run.h"
#include "tests/tools/run_tool.h"
#include "tools/experiment_fields.h"

namespace toque {
namespace {

namespace fs = std::filesystem;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

constexpr char kTool[] = "tools/runs";

TEST(ExperimentFieldsTest, NamesOptionsByPlaceAndPluginWithTheirDefaults) {
  auto fields = FieldsOf(SmallExperiment());
  EXPECT_EQ(fields["epochs"], "2");
  EXPECT_EQ(fields["seed"], "0");  // a default
  EXPECT_EQ(fields["device"], "CPU");
  EXPECT_EQ(fields["model"], "recipe.Mlp");
  EXPECT_EQ(fields["model.hidden"], "[16]");
  EXPECT_EQ(fields["train.range.end"], "80");
  EXPECT_EQ(fields["hook"],
            "recipe.LinearDecay, recipe.Accuracy, recipe.Checkpoint");
  EXPECT_EQ(fields["hook.recipe.Checkpoint.metric"], "\"accuracy/eval\"");
  // Neither given nor with a default.
  EXPECT_FALSE(fields.contains("steps"));
  EXPECT_FALSE(fields.contains("eval.range.end"));
}

TEST(ExperimentFieldsTest, TellsPluginsOfOneTypeApart) {
  Experiment experiment = SmallExperiment();
  *experiment.add_hook() = AnyOf("recipe.Accuracy", "top_k: 2");
  auto fields = FieldsOf(experiment);
  EXPECT_EQ(fields["hook.recipe.Accuracy.top_k"], "1");
  EXPECT_EQ(fields["hook.recipe.Accuracy[1].top_k"], "2");
}

class RunsTest : public testing::Test {
 protected:
  // Makes a run folder of the small experiment.
  void AddRun(const std::string& name, const std::string& metrics,
              const std::vector<std::string>& changes = {},
              const std::string& end = "") const {
    const std::string run = folder_ + "/" + name;
    fs::create_directories(run);
    WriteBytes(run + "/experiment.textproto",
               ExperimentText(SmallExperiment(changes)));
    WriteBytes(
        run + "/environment.json",
        R"({"started": ["2026-01-31T12:00:00Z", "2026-02-01T12:00:00Z"])" +
            (end.empty() ? "" : R"(, "end": ")" + end + "\"") + "}");
    WriteBytes(run + "/metrics.jsonl", metrics);
  }

  // Two epochs of ten steps.
  static constexpr char kWhole[] =
      R"({"step":10,"epoch":1,"loss/train":2,"lr/base":0.1}
{"step":10,"epoch":1,"loss/eval":1.5,"accuracy/eval":0.75}
{"step":20,"epoch":2,"loss/train":1,"lr/base":0.1}
{"step":20,"epoch":2,"loss/eval":1.75,"accuracy/eval":0.5}
)";
  static constexpr char kHalf[] =
      R"({"step":10,"epoch":1,"loss/train":3,"lr/base":0.1}
)";

  const std::string folder_ = TestFolder();
};

TEST_F(RunsTest, ListsRunsOfAnyDepthWithStateAndLastMetrics) {
  AddRun("digits/one", kWhole, {}, "finished");
  AddRun("sweep/base/seed_0", kHalf);
  const ToolRun run = RunTool({kTool, "list", folder_});
  ASSERT_EQ(run.status, 0) << run.output;
  EXPECT_THAT(run.output,
              ContainsRegex("digits/one +2026-01-31T12:00:00Z +finished +20 "
                            "+1 +1.75 +0.5 +-\n"));
  EXPECT_THAT(run.output,
              ContainsRegex("sweep/base/seed_0 +2026-01-31T12:00:00Z +not "
                            "finished +10 +3 +- +- +-\n"));
}

TEST_F(RunsTest, SaysHowRunsEnded) {
  AddRun("one", kHalf, {}, "stopped: its 60 seconds are over");
  AddRun("two", kHalf, {}, "interrupted");
  AddRun("three", kHalf, {"fast_dev_run: 1"}, "finished");
  AddRun("four", kWhole);
  const ToolRun run = RunTool({kTool, "list", folder_});
  ASSERT_EQ(run.status, 0) << run.output;
  EXPECT_THAT(run.output, ContainsRegex("one .*Z +stopped +10 "));
  EXPECT_THAT(run.output, ContainsRegex("two .*Z +interrupted +10 "));
  EXPECT_THAT(run.output, ContainsRegex("three .*Z +finished +10 "));
  EXPECT_THAT(run.output, ContainsRegex("four .*Z +not finished +20 "));
}

TEST_F(RunsTest, ListsARunThatHasWrittenNothingYet) {
  AddRun("young", "");
  EXPECT_THAT(RunTool({kTool, "list", folder_, "--metric=loss/eval"}).output,
              ContainsRegex("young +2026-01-31T12:00:00Z +not finished +- +-"));
}

TEST_F(RunsTest, ComparesOptionsThatDifferAndMetricsSideBySide) {
  AddRun("one", kWhole);
  AddRun("two", kHalf,
         {"seed: 3", "optimizer { [type.googleapis.com/recipe.Sgd] { lr: 1 } }",
          "remove: 'recipe.LinearDecay'", "train { loader_threads: 1 }"});
  const ToolRun run =
      RunTool({kTool, "compare", folder_ + "/one", folder_ + "/two"});
  ASSERT_EQ(run.status, 0) << run.output;
  EXPECT_THAT(run.output, ContainsRegex("seed +0 [|] 3\n"));
  EXPECT_THAT(run.output, ContainsRegex("optimizer.lr +0.1 [|] 1\n"));
  EXPECT_THAT(run.output, HasSubstr("recipe.LinearDecay, recipe.Accuracy"));
  EXPECT_THAT(run.output, Not(HasSubstr("epochs ")));
  EXPECT_THAT(run.output, Not(HasSubstr("loader_threads")));
  // Last of both, then best of both.
  EXPECT_THAT(run.output, ContainsRegex("loss/train +1 +3 +1 +3\n"));
  EXPECT_THAT(run.output, ContainsRegex("loss/eval +1.75 +- +1.5 +-\n"));
  EXPECT_THAT(run.output, ContainsRegex("accuracy/eval +0.5 +- +0.75 +-\n"));
  EXPECT_THAT(run.output, Not(HasSubstr("lr/base")));
}

TEST_F(RunsTest, SaysWhereAllOptionsAreEqual) {
  AddRun("one", kWhole);
  AddRun("two", kHalf);
  EXPECT_THAT(
      RunTool({kTool, "compare", folder_ + "/one", folder_ + "/two"}).output,
      HasSubstr("All options are equal."));
}

TEST_F(RunsTest, PlotsTheCurvesOfRunsThatHaveThem) {
  AddRun("one", kWhole);
  AddRun("two", kHalf);
  const std::string picture = folder_ + "/curves.svg";
  const ToolRun run =
      RunTool({kTool, "plot", "--output=" + picture, "--metric=loss/eval",
               folder_ + "/one", folder_ + "/two"});
  ASSERT_EQ(run.status, 0) << run.output;
  const std::string svg = ReadBytes(picture);
  EXPECT_THAT(svg, HasSubstr("<svg"));
  EXPECT_THAT(svg, HasSubstr("/one"));
  EXPECT_THAT(svg, Not(HasSubstr("/two")));
}

TEST_F(RunsTest, SaysWhatIsWrong) {
  AddRun("one", kWhole);
  const std::string one = folder_ + "/one";
  const std::vector<std::pair<std::vector<std::string>, std::string>> cases = {
      {{}, "must be list, compare or plot"},
      {{"list", folder_ + "/none"}, "/none: holds no run"},
      {{"compare", one}, "must be list, compare or plot"},
      {{"compare", one, folder_}, "experiment.textproto"},
      {{"plot", one}, "--output must be given"},
      {{"plot", one, "--output=a.svg", "--metric=recall/eval"},
       "--metric must name a metric of one of the runs, got recall/eval"},
      {{"plot", folder_, "--output=a.svg"}, "metrics.jsonl: can't be read"}};
  for (auto [arguments, text] : cases) {
    arguments.insert(arguments.begin(), kTool);
    const ToolRun run = RunTool(arguments);
    EXPECT_EQ(run.status, 1) << text;
    EXPECT_THAT(run.output, HasSubstr(text));
  }
}

}  // namespace
}  // namespace toque
