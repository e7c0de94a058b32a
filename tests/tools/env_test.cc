#include "nlohmann/json.hpp"
#include "tests/tools/run_tool.h"
#include "torch/headeronly/version.h"

namespace toque {
namespace {

using nlohmann::json;
using testing::HasSubstr;

TEST(EnvTest, TellsVersionsAndDevices) {
  const ToolRun run = RunTool({"tools/env", "--json"});
  ASSERT_EQ(run.status, 0) << run.output;
  const json facts = json::parse(run.output);
  EXPECT_EQ(facts["libtorch"], TORCH_VERSION);
  EXPECT_GE(facts["compute_threads"], 1);
  EXPECT_TRUE(facts["cuda"] != "none" || facts["gpus_usable"] == 0);
}

TEST(EnvTest, PrintsALineAFact) {
  const ToolRun run = RunTool({"tools/env"});
  EXPECT_EQ(run.status, 0);
  EXPECT_THAT(run.output, HasSubstr("libtorch: " TORCH_VERSION "\n"));
  EXPECT_THAT(run.output, HasSubstr("\ncudnn: "));
}

std::string ConvSizes(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "tools/conv_size");
  return RunTool(arguments).output;
}

TEST(ConvSizeTest, PrintsASizeForEachDimension) {
  EXPECT_EQ(
      ConvSizes({"--input=224,224", "--kernel=7", "--stride=2", "--padding=3"}),
      "112,112\n");
  EXPECT_EQ(ConvSizes({"--input=16,112,112", "--kernel=3,7,7", "--stride=1,2,2",
                       "--padding=1,3,3"}),
            "16,56,56\n");
  EXPECT_EQ(
      ConvSizes({"--input=7", "--kernel=2", "--stride=2", "--transposed"}),
      "14\n");
  EXPECT_EQ(
      ConvSizes({"--input=112", "--kernel=3", "--stride=2", "--round_up"}),
      "56\n");
  EXPECT_EQ(ConvSizes({"--input=7", "--stride=2", "--padding=1",
                       "--output_padding=1", "--transposed"}),
            "14\n");
}

TEST(ConvSizeTest, RefusesWhatPyTorchRefuses) {
  EXPECT_THAT(ConvSizes({"--input=4", "--kernel=5"}),
              HasSubstr("the window must fit into the padded input, got an "
                        "input of 4"));
  EXPECT_THAT(ConvSizes({"--input=4,4", "--kernel=1,2,3"}),
              HasSubstr("--kernel must be one number or 2 of them"));
  EXPECT_THAT(ConvSizes({"--stride=0"}),
              HasSubstr("--stride must be numbers of at least 1"));
  EXPECT_THAT(ConvSizes({"--output_padding=1"}),
              HasSubstr("--output_padding is of --transposed alone"));
  EXPECT_THAT(
      ConvSizes({"--output_padding=2", "--stride=2", "--transposed"}),
      HasSubstr("--output_padding must be below --stride or --dilation, got "
                "2"));
  EXPECT_THAT(ConvSizes({"--padding=2", "--kernel=3", "--round_up"}),
              HasSubstr("--padding must be at most half the --kernel of "
                        "pooling, got 2"));
  EXPECT_THAT(ConvSizes({"--kernel=2147483648"}),
              HasSubstr("--kernel must be below 2^31, got 2147483648"));
}

}  // namespace
}  // namespace toque
