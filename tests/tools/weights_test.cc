// //tools:weights on small files.

#include "ATen/core/Tensor.h"
#include "ATen/ops/equal.h"
#include "ATen/ops/tensor.h"
#include "framework/weights/safetensors.h"
#include "framework/weights/weights_file.h"
#include "tests/tools/run_tool.h"

namespace toque {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;

constexpr char kTool[] = "tools/weights";

class WeightsTest : public testing::Test {
 protected:
  std::string Path(const std::string& name) const {
    return folder_ + "/" + name;
  }
  // A file of two tensors under "net.".
  std::string Write(const std::string& name, std::vector<float> weight) const {
    WeightsFile file;
    file.tensors = {{"net.fc.weight", at::tensor(weight).view({2, 2})},
                    {"net.steps", at::tensor({static_cast<int64_t>(7)})}};
    EXPECT_OK(WriteWeights(Path(name), file));
    return Path(name);
  }

  const std::string folder_ = TestFolder();
};

TEST_F(WeightsTest, ShowsEachTensorAndTotals) {
  const ToolRun run = RunTool({kTool, "show", Write("a.pth", {1, 2, 3, 4})});
  EXPECT_EQ(run.status, 0) << run.output;
  EXPECT_THAT(run.output, HasSubstr("format: torch zip\n"));
  EXPECT_THAT(run.output, ContainsRegex("net.fc.weight +float32 +\\[2, 2\\] +4 "
                                        "+16\n"));
  EXPECT_THAT(run.output, HasSubstr("in all: 5 elements, 24 bytes"));
}

TEST_F(WeightsTest, ShowsWeightsThatComeWithTheBuild) {
  const ToolRun run =
      RunTool({kTool, "show", "efficientnet_lite0", "--match=_fc.bias"});
  EXPECT_EQ(run.status, 0) << run.output;
  EXPECT_THAT(run.output, HasSubstr("in all: 1000 elements, 4000 bytes"));
}

TEST_F(WeightsTest, ComparesNamesShapesAndValues) {
  const std::string a = Write("a.pth", {1, 2, 3, 4});
  const ToolRun same =
      RunTool({kTool, "compare", a, Write("b.safetensors", {1, 2, 3, 4})});
  EXPECT_EQ(same.status, 0) << same.output;
  EXPECT_THAT(same.output, HasSubstr("equal: 2 tensors"));
  const ToolRun other =
      RunTool({kTool, "compare", a, Write("c.pth", {1, 2, 3.5, 4.25})});
  EXPECT_EQ(other.status, 1);
  EXPECT_THAT(other.output,
              ContainsRegex("net.fc.weight +values +0.5 +\\[1, 0\\]\n"));
}

TEST_F(WeightsTest, ComparesOneThatWasSavedWithAPrefixAndMatchesAlone) {
  WeightsFile plain;
  plain.tensors = {{"fc.weight", at::tensor({1.f, 2.f, 3.f, 5.f}).view({2, 2})},
                   {"steps", at::tensor({static_cast<int64_t>(7)})}};
  ASSERT_OK(WriteWeights(Path("plain.pth"), plain));
  const std::vector<std::string> words = {
      kTool, "compare", Write("a.pth", {1, 2, 3, 4}), Path("plain.pth"),
      "--options=strip_prefix: 'net.'"};
  const ToolRun all = RunTool(words);
  EXPECT_EQ(all.status, 1);
  EXPECT_THAT(all.output, ContainsRegex("fc.weight +values +1 +\\[1, 1\\]\n"));
  std::vector<std::string> steps = words;
  steps.push_back("--match=^steps");
  const ToolRun matched = RunTool(steps);
  EXPECT_EQ(matched.status, 0) << matched.output;
  EXPECT_THAT(matched.output, HasSubstr("equal: 1 tensors"));
}

TEST_F(WeightsTest, ConvertsUnderOtherNames) {
  const std::string out = Path("out.safetensors");
  const ToolRun run =
      RunTool({kTool, "convert", Write("a.pth", {1, 2, 3, 4}), out,
               "--options=strip_prefix: 'net.' except: '^steps' "
               "rename { match: '^fc' replace: 'head' }"});
  EXPECT_EQ(run.status, 0) << run.output;
  const auto file = ReadWeights(out);
  ASSERT_OK(file);
  ASSERT_EQ(file->tensors.size(), 1u);
  EXPECT_EQ(file->tensors[0].first, "head.weight");
}

TEST_F(WeightsTest, AveragesFloatsAndKeepsTheLastOfTheRest) {
  const std::string out = Path("out.pth");
  const ToolRun run =
      RunTool({kTool, "average", out, Write("a.pth", {1, 2, 3, 4}),
               Write("b.pth", {3, 4, 5, 6})});
  EXPECT_EQ(run.status, 0) << run.output;
  const auto file = ReadWeights(out);
  ASSERT_OK(file);
  EXPECT_TRUE(at::equal(file->tensors[0].second.flatten(),
                        at::tensor({2.f, 3.f, 4.f, 5.f})));
  EXPECT_EQ(file->tensors[1].second.item<int64_t>(), 7);
}

TEST_F(WeightsTest, AveragesNoFilesOfOtherNames) {
  WeightsFile fewer;
  fewer.tensors = {
      {"net.fc.weight", at::tensor({1.f, 2.f, 3.f, 4.f}).view({2, 2})}};
  ASSERT_OK(WriteWeights(Path("fewer.pth"), fewer));
  const std::string a = Write("a.pth", {1, 2, 3, 4});
  for (const auto& [first, second] :
       {std::pair(a, Path("fewer.pth")), std::pair(Path("fewer.pth"), a)}) {
    const ToolRun run =
        RunTool({kTool, "average", Path("out.pth"), first, second});
    EXPECT_EQ(run.status, 1);
    EXPECT_THAT(run.output, HasSubstr("file 1: all files must have the tensor "
                                      "\"net.steps\""));
  }
}

TEST_F(WeightsTest, SaysWhatIsWrong) {
  const std::string a = Write("a.pth", {1, 2, 3, 4});
  const auto output = [](std::vector<std::string> words) {
    words.insert(words.begin(), kTool);
    const ToolRun run = RunTool(words);
    EXPECT_EQ(run.status, 1);
    return run.output;
  };
  EXPECT_THAT(output({"shrink", a}), HasSubstr("the arguments must be show"));
  EXPECT_THAT(output({"show", Path("none.pth")}), HasSubstr("can't be read"));
  EXPECT_THAT(output({"show", a, "--match=("}),
              HasSubstr("--match must be a regular expression"));
  EXPECT_THAT(output({"show", a, "--options=prefix: 1"}),
              HasSubstr("--options:1:11: toque.Weights has no field "
                        "\"prefix\""));
  EXPECT_THAT(output({"show", a, "--match=none"}),
              HasSubstr("--match must be found in a name, got none"));
  EXPECT_THAT(output({"convert", a, a}),
              HasSubstr("a.pth: must not exist yet"));
  EXPECT_THAT(output({"convert", a, Path("out.onnx")}),
              HasSubstr("the name must end in .safetensors, .pth or .pt"));
}

}  // namespace
}  // namespace toque
