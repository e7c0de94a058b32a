#include "ATen/ops/tensor.h"
#include "ATen/ops/zeros.h"
#include "framework/weights/weights_file.h"
#include "nlohmann/json.hpp"
#include "tests/tools/run_tool.h"

namespace toque {
namespace {

using nlohmann::json;
using testing::HasSubstr;

// 3 of 8 floats are 0.
std::string WriteHalfEmpty() {
  WeightsFile file;
  file.tensors = {{"fc.bias", at::tensor({0.f, -0.f})},
                  {"fc.weight", at::tensor({1.f, 0.f, 2.f, 3.f, 4.f, 5.f})},
                  {"steps", at::zeros({}, at::kLong)}};
  const std::string path = TestFolder() + "/half.safetensors";
  EXPECT_OK(WriteWeights(path, file));
  return path;
}

TEST(SparsityTest, CountsTheZerosOfAFile) {
  const std::string path = WriteHalfEmpty();
  const ToolRun run =
      RunTool({"tools/sparsity", "--json", "--weights=" + path});
  ASSERT_EQ(run.status, 0) << run.output;
  const json counted = json::parse(run.output);
  EXPECT_EQ(counted["elements"], 8);
  EXPECT_EQ(counted["zeros"], 3);
  EXPECT_EQ(counted["share"], 0.375);
  ASSERT_EQ(counted["tensors"].size(), 2u);
  EXPECT_EQ(counted["tensors"][0], json({{"name", "fc.bias"},
                                         {"shape", {2}},
                                         {"elements", 2},
                                         {"zeros", 2},
                                         {"share", 1.0}}));
  EXPECT_EQ(counted["tensors"][1]["zeros"], 1);

  const ToolRun table = RunTool({"tools/sparsity", "--weights=" + path});
  EXPECT_THAT(table.output, HasSubstr("\nzeros: 3 of 8, 37.50%\n"));
}

TEST(SparsityTest, CountsTheParametersOfAModelAsItBegins) {
  const ToolRun run = RunTool(
      {"tools/sparsity", "--set=init { match: 'bias$' method: CONSTANT }",
       "--model=[type.googleapis.com/recipe.Mlp] { inputs: 6 "
       "hidden: 4 classes: 2 }"});
  ASSERT_EQ(run.status, 0) << run.output;
  EXPECT_THAT(run.output, HasSubstr("no weights are given"));
  // Biases of 4 and 2; weights of 6 x 4 and 4 x 2.
  EXPECT_THAT(run.output, HasSubstr("\nzeros: 6 of 38, 15.79%\n"));
}

TEST(SparsityTest, CountsTheParametersOfARun) {
  const std::string folder = TestFolder() + "/run";
  ASSERT_EQ(RunTool({"experiments/synthetic_mlp", "--run_dir=" + folder,
                     "--set=steps: 30"})
                .status,
            0);
  const ToolRun run =
      RunTool({"tools/sparsity", "--json", "--run_dir=" + folder});
  ASSERT_EQ(run.status, 0) << run.output;
  const size_t begin = run.output.find('{');
  ASSERT_NE(begin, std::string::npos);
  const json counted = json::parse(run.output.substr(begin));
  // 32 inputs, 32 hidden units, 10 classes.
  EXPECT_EQ(counted["elements"], 32 * 32 + 32 + 32 * 10 + 10);
  EXPECT_EQ(counted["zeros"], 0);
}

TEST(SparsityTest, SaysWhatIsMissing) {
  EXPECT_THAT(RunTool({"tools/sparsity"}).output,
              HasSubstr("--run_dir, --experiment or --model must be given"));
  const ToolRun run = RunTool({"tools/sparsity", "--weights=none.pth"});
  EXPECT_EQ(run.status, 1);
  EXPECT_THAT(run.output, HasSubstr("none.pth"));
}

}  // namespace
}  // namespace toque
