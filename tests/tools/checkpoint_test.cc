// //tools:checkpoint on small files.

#include <sys/stat.h>

#include <limits>

#include "ATen/core/Tensor.h"
#include "ATen/ops/equal.h"
#include "ATen/ops/tensor.h"
#include "framework/weights/safetensors.h"
#include "tests/tools/run_tool.h"

namespace toque {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

constexpr char kTool[] = "tools/checkpoint";

// As the trainer writes them, with a weight of these values.
State CheckpointOf(std::vector<float> values) {
  State state;
  state.Set("model.fc.weight", at::tensor(values));
  state.SetInteger("model.norm.count", static_cast<int64_t>(values[0]));
  state.Set("optimizer.exp_avg.fc.weight", at::tensor(values).mul(10));
  state.Set("hook.recipe.Ema.0.average.fc.weight", at::tensor(values).add(0.5));
  state.SetInteger("progress.step", 40);
  state.SetText("generator.cpu", "random");
  return state;
}

const Metadata kMetadata = {{"format", "toque/1"},
                            {"model", "recipe.Mlp"},
                            {"classes", "[\"a\",\"b\"]"},
                            {"experiment", "0123456789abcdef"}};

class CheckpointTest : public testing::Test {
 protected:
  // The path of a file that holds it.
  std::string Write(const std::string& name, const State& state,
                    const Metadata& metadata = kMetadata) const {
    const std::string path = Path(name);
    EXPECT_OK(WriteSafetensors(path, state, metadata));
    return path;
  }
  std::string Path(const std::string& name) const {
    return folder_ + "/" + name + ".safetensors";
  }
  static Safetensors Read(const std::string& path) {
    auto file = ReadSafetensors(path);
    EXPECT_OK(file);
    return file.ok() ? *std::move(file) : Safetensors();
  }
  // Of a file's float tensor.
  static void ExpectValues(const Safetensors& file, std::string_view name,
                           std::vector<float> values) {
    const auto tensor = file.state.Get(name);
    ASSERT_OK(tensor);
    EXPECT_TRUE(at::equal(*tensor, at::tensor(values))) << *tensor;
  }

  const std::string folder_ = TestFolder();
};

TEST_F(CheckpointTest, ShowsMetadataProgressAndStatisticsOfEachTensor) {
  // Mean 2, deviation sqrt(2 / 3), norm sqrt(14).
  const std::string path = Write("a", CheckpointOf({1, 2, 3}));
  const ToolRun run = RunTool({kTool, "show", path});
  EXPECT_EQ(run.status, 0) << run.output;
  EXPECT_THAT(run.output, HasSubstr("a.safetensors: 6 tensors, 58 bytes"));
  EXPECT_THAT(run.output, ContainsRegex("model +recipe.Mlp\n"));
  EXPECT_THAT(run.output, ContainsRegex("progress.step +40\n"));
  EXPECT_THAT(run.output,
              ContainsRegex("model.fc.weight +float32 +\\[3\\] +12 +2 "
                            "+0.816497 +3.74166\n"));
  EXPECT_THAT(run.output,
              ContainsRegex("generator.cpu +uint8 +\\[6\\] +6 +- +- +-\n"));
}

TEST_F(CheckpointTest, ShowsTheLastCheckpointOfARunFolderAndWhatMatchesAlone) {
  ASSERT_EQ(mkdir((folder_ + "/checkpoints").c_str(), 0777), 0);
  Write("checkpoints/last", CheckpointOf({1}));
  const ToolRun run = RunTool({kTool, "show", folder_, "--match=^optimizer"});
  EXPECT_EQ(run.status, 0) << run.output;
  EXPECT_THAT(run.output, HasSubstr("\noptimizer.exp_avg.fc.weight"));
  EXPECT_THAT(run.output, Not(HasSubstr("model.fc.weight")));
}

TEST_F(CheckpointTest, FindsEqualFilesEqual) {
  // Also where a value is no number.
  const State state =
      CheckpointOf({1, std::numeric_limits<float>::quiet_NaN()});
  const ToolRun run =
      RunTool({kTool, "compare", Write("a", state), Write("b", state)});
  EXPECT_EQ(run.status, 0) << run.output;
  EXPECT_EQ(run.output, "equal: 6 tensors\n");
}

TEST_F(CheckpointTest, ComparesValuesShapesTypesNamesAndMetadata) {
  State first;
  State second;
  first.Set("values", at::tensor({3.0, 4.0}));
  second.Set("values", at::tensor({3.0, 4.5}));  // 0.5 of a norm of 5
  first.Set("shape", at::tensor({1.0, 2.0}));
  second.Set("shape", at::tensor({1.0}));
  first.SetNumber("type", 1);
  second.SetInteger("type", 1);
  first.SetNumber("removed", 1);
  second.SetNumber("added", 1);
  first.SetNumber("same", 1);
  second.SetNumber("same", 1);
  const std::string a = Write("a", first, {{"model", "recipe.Mlp"}});
  const std::string b = Write("b", second, {{"model", "recipe.ConvNet"}});
  const ToolRun run = RunTool({kTool, "compare", a, b});
  EXPECT_EQ(run.status, 1);
  EXPECT_THAT(run.output, ContainsRegex("values +values +0.5 +0.1\n"));
  EXPECT_THAT(run.output, ContainsRegex("shape +\\[2\\] and \\[1\\] "));
  EXPECT_THAT(run.output, ContainsRegex("type +float64 and int64 "));
  EXPECT_THAT(run.output, ContainsRegex("removed +only in the first "));
  EXPECT_THAT(run.output, ContainsRegex("added +only in the second "));
  EXPECT_THAT(run.output, ContainsRegex("metadata.model +recipe.Mlp and "
                                        "recipe.ConvNet "));
  EXPECT_THAT(run.output, Not(HasSubstr("same")));
  EXPECT_EQ(RunTool({kTool, "compare", a, b, "--match=same"}).status, 0);
}

TEST_F(CheckpointTest, AveragesWeightsAndKeepsTheRestOfTheLast) {
  const std::string a = Write("a", CheckpointOf({1, 2}));
  const std::string b = Write("b", CheckpointOf({2, 6}));
  const ToolRun run = RunTool({kTool, "average", Path("mean"), a, b});
  ASSERT_EQ(run.status, 0) << run.output;
  const Safetensors mean = Read(Path("mean"));
  ExpectValues(mean, "model.fc.weight", {1.5, 4});
  ExpectValues(mean, "optimizer.exp_avg.fc.weight", {20, 60});
  EXPECT_EQ(mean.state.GetInteger("model.norm.count").value_or(0), 2);
  EXPECT_EQ(mean.metadata, kMetadata);
}

TEST_F(CheckpointTest, AveragesOneFileGivenTwiceToItself) {
  const std::string a = Write("a", CheckpointOf({1, 2}));
  ASSERT_EQ(RunTool({kTool, "average", Path("mean"), a, a}).status, 0);
  EXPECT_EQ(RunTool({kTool, "compare", a, Path("mean")}).status, 0);
}

TEST_F(CheckpointTest, RefusesToAverageWeightsOfOtherShapes) {
  const std::string a = Write("a", CheckpointOf({1, 2}));
  const std::string b = Write("b", CheckpointOf({2, 6, 7}));
  const ToolRun run = RunTool({kTool, "average", Path("mean"), a, b});
  EXPECT_EQ(run.status, 1);
  EXPECT_THAT(run.output,
              HasSubstr("b.safetensors: \"model.fc.weight\" must have shape "
                        "[2], got [3]"));
}

TEST_F(CheckpointTest, ConvertsWeightsAloneUnderPlainNames) {
  const std::string a = Write("a", CheckpointOf({1, 2}));
  const ToolRun run = RunTool({kTool, "convert", a, Path("weights")});
  ASSERT_EQ(run.status, 0) << run.output;
  const Safetensors weights = Read(Path("weights"));
  EXPECT_EQ(weights.state.tensors().size(), 2u);
  ExpectValues(weights, "fc.weight", {1, 2});
  EXPECT_EQ(weights.metadata, (Metadata{{"format", "pt"},
                                        {"model", "recipe.Mlp"},
                                        {"classes", "[\"a\",\"b\"]"}}));
}

TEST_F(CheckpointTest, ConvertsAveragedWeightsWhereTheyAreAskedFor) {
  const std::string a = Write("a", CheckpointOf({1, 2}));
  const ToolRun run =
      RunTool({kTool, "convert", a, Path("weights"), "--averages=ema"});
  ASSERT_EQ(run.status, 0) << run.output;
  const Safetensors weights = Read(Path("weights"));
  ExpectValues(weights, "fc.weight", {1.5, 2.5});
  EXPECT_TRUE(weights.state.Has("norm.count"));
}

// Ema averages statistics, or is evaluated with the raw weights'. Swa has its
// own recomputed.
TEST_F(CheckpointTest, RefusesAveragesWhoseStatisticsStandInNoCheckpoint) {
  State state = CheckpointOf({1, 2});
  state.Set("hook.recipe.Swa.0.average.fc.weight", at::tensor({3.0f, 4.0f}));
  const auto convert = [&](const std::string& averages) {
    return RunTool({kTool, "convert", Write("a", state), Path("weights"),
                    "--averages=" + averages});
  };
  ToolRun run = convert("swa");
  ASSERT_EQ(run.status, 0) << run.output;
  ExpectValues(Read(Path("weights")), "fc.weight", {3, 4});

  state.Set("model.norm.running_mean", at::tensor({5.0f}));
  EXPECT_EQ(convert("ema").status, 0);
  run = convert("swa");
  EXPECT_EQ(run.status, 1);
  EXPECT_THAT(run.output, HasSubstr("hook.recipe.Swa.0.average: statistics "
                                    "must be recomputed: the model has "
                                    "norm.running_mean"));
}

TEST_F(CheckpointTest, SaysWhatIsWrong) {
  const std::string a = Write("a", CheckpointOf({1}));
  const std::string other = Write("other", CheckpointOf({1}), {});
  const std::vector<std::pair<std::vector<std::string>, std::string>> cases = {
      {{}, "must be show, compare, average or convert"},
      {{"compare", a}, "must be show, compare, average or convert"},
      {{"show", Path("none")}, "none.safetensors: "},
      {{"show", a, "--match=("}, "--match must be a regular expression"},
      {{"convert", other, Path("out")}, "is not a checkpoint of Toque"},
      {{"convert", a, folder_ + "/out.npz"}, "must end in .safetensors, got"},
      {{"convert", a, Path("out"), "--averages=swa"},
       "hook.recipe.Swa.0.average: holds no averages"},
      {{"convert", a, Path("out"), "--averages=x"},
       "--averages must be ema or swa, got x"}};
  for (auto [arguments, text] : cases) {
    arguments.insert(arguments.begin(), kTool);
    const ToolRun run = RunTool(arguments);
    EXPECT_EQ(run.status, 1) << text;
    EXPECT_THAT(run.output, HasSubstr(text));
  }
}

TEST_F(CheckpointTest, HelpOpensWithWhatItIsForAndAnExample) {
  const ToolRun run = RunTool({kTool, "--help"});
  EXPECT_EQ(run.status, 0);
  EXPECT_TRUE(run.output.starts_with("Looks into checkpoints"));
  EXPECT_THAT(run.output, HasSubstr("\n  checkpoint show "));
}

}  // namespace
}  // namespace toque
