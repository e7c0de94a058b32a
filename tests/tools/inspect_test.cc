#include <cmath>
#include <limits>

#include "ATen/ops/ones.h"
#include "ATen/ops/tensor.h"
#include "framework/core/model.h"
#include "framework/core/model_access.h"
#include "framework/testing/tiny_model.h"
#include "nlohmann/json.hpp"
#include "tests/end_to_end/small_run.h"
#include "tests/tools/run_tool.h"
#include "tools/inspection.h"

namespace toque {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;

TEST(StatisticsOfTest, LeaveOutWhatIsNotFinite) {
  const TensorStatistics some = StatisticsOf(
      at::tensor({1.0F, NAN, -3.0F, std::numeric_limits<float>::infinity()}));
  EXPECT_EQ(some.mean, -1);
  EXPECT_EQ(some.std, 2);
  EXPECT_EQ(some.least, -3);
  EXPECT_EQ(some.most, 1);
  EXPECT_EQ(some.not_finite, 2);
  const TensorStatistics none = StatisticsOf(at::tensor({NAN}));
  EXPECT_EQ(none.not_finite, 1);
  EXPECT_TRUE(std::isnan(none.mean) && std::isnan(none.most));
}

TEST(InspectTest, HasGradientsAfterABackwardAlone) {
  const auto model = MakeTinyModel(2, 1);
  auto before = Inspect(*model, "weight$");
  ASSERT_OK(before);
  ASSERT_EQ(before->size(), 1u);
  EXPECT_EQ(before->at(0).name, "linear.weight");
  EXPECT_THAT(before->at(0).shape, ElementsAre(1, 2));
  EXPECT_FALSE(before->at(0).gradient.has_value());

  // d/dw of w . (3, 5).
  Predict(*model, at::tensor({3.0F, 5.0F}).view({1, 2})).sum().backward();
  auto after = Inspect(*model, "weight$");
  ASSERT_OK(after);
  ASSERT_TRUE(after->at(0).gradient.has_value());
  EXPECT_EQ(after->at(0).gradient->mean, 4);
  EXPECT_EQ(after->at(0).gradient->std, 1);
  EXPECT_EQ(after->at(0).value.mean, before->at(0).value.mean);
}

TEST(InspectTest, RefusesAPatternWithoutAMatch) {
  const auto model = MakeTinyModel();
  EXPECT_THAT(Inspect(*model, "^conv"),
              FailsWith("--match must match a parameter or buffer of floating "
                        "type, got ^conv"));
  EXPECT_THAT(Inspect(*model, "("),
              FailsWith("--match must be a regular expression, got ("));
}

class InspectToolTest : public testing::Test {
 protected:
  InspectToolTest() { WriteBytes(experiment_, SmallExperimentText()); }

  ToolRun Run(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(),
                     {"tools/inspect", "--experiment=" + experiment_});
    return RunTool(arguments);
  }

  const std::string experiment_ = TestFolder() + "/small.textproto";
};

TEST_F(InspectToolTest, ShowsTheGradientsOfAStep) {
  const ToolRun before = Run({"--json"});
  ASSERT_EQ(before.status, 0) << before.output;
  for (const json& tensor : json::parse(before.output)) {
    EXPECT_TRUE(tensor["gradient"].is_null());
  }
  const ToolRun run = Run({"--json", "--step=1"});
  ASSERT_EQ(run.status, 0) << run.output;
  const json tensors = json::parse(run.output);
  ASSERT_EQ(tensors.size(), json::parse(before.output).size());
  for (const json& tensor : tensors) {
    EXPECT_GT(tensor["gradient"]["std"], 0) << tensor;
    EXPECT_EQ(tensor["gradient"]["not_finite"], 0);
  }
  // The weights that the gradients of the first step are of.
  EXPECT_EQ(tensors[0]["value"], json::parse(before.output)[0]["value"]);
}

TEST_F(InspectToolTest, ShowsALaterStep) {
  const json first = json::parse(Run({"--json", "--step=1"}).output);
  const ToolRun run = Run({"--json", "--step=12"});  // of the second epoch
  ASSERT_EQ(run.status, 0) << run.output;
  EXPECT_NE(json::parse(run.output)[0]["value"], first[0]["value"]);
}

TEST_F(InspectToolTest, ShowsTheModelAsTheRunBegins) {
  const std::string init = "--set=init { method: CONSTANT value: 2 }";
  const ToolRun run = Run({"--json", init});
  ASSERT_EQ(run.status, 0) << run.output;
  for (const json& tensor : json::parse(run.output)) {
    EXPECT_EQ(tensor["value"]["least"], 2);
    EXPECT_EQ(tensor["value"]["most"], 2);
  }
  const ToolRun bare =
      RunTool({"tools/inspect", "--json", init, "--match=^fc.bias",
               "--model=[type.googleapis.com/recipe.ConvNet] {}"});
  ASSERT_EQ(bare.status, 0) << bare.output;
  EXPECT_EQ(json::parse(bare.output)[0]["value"]["mean"], 2);
  EXPECT_THAT(Run({"--set=weights { file: 'none.pth' }"}).output,
              HasSubstr("weights are not read: the model is as it begins\n"));
}

TEST_F(InspectToolTest, PrintsATable) {
  const ToolRun run = Run({"--match=bias"});
  ASSERT_EQ(run.status, 0) << run.output;
  EXPECT_THAT(run.output, HasSubstr("gradient: mean"));
  EXPECT_THAT(run.output, HasSubstr("none"));
}

TEST_F(InspectToolTest, SaysWhatIsWrong) {
  EXPECT_THAT(Run({"--step=999"}).output,
              HasSubstr("--step must be one of the run's, got 999"));
  EXPECT_THAT(Run({"--step=-1"}).output,
              HasSubstr("--step must be at least 0, got -1"));
  for (const std::string step : {"--step=0", "--step=999"}) {
    EXPECT_THAT(Run({"--match=nothing", step}).output,
                HasSubstr("--match must match a parameter or buffer"));
  }
  EXPECT_THAT(RunTool({"tools/inspect", "--step=1", "--model=x"}).output,
              HasSubstr("--step needs --experiment"));
}

TEST(ParamsTest, CountsWhatIsTrainedAndWhatIsNot) {
  const std::string experiment = TestFolder() + "/small.textproto";
  WriteBytes(experiment, SmallExperimentText());
  const auto count = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(),
                     {"tools/params", "--json", "--experiment=" + experiment});
    const ToolRun run = RunTool(arguments);
    EXPECT_EQ(run.status, 0) << run.output;
    return json::parse(run.output);
  };
  const json all = count({});
  // 8 inputs, 16 hidden units, 3 classes.
  EXPECT_EQ(all["parameters"], 8 * 16 + 16 + 16 * 3 + 3);
  EXPECT_EQ(all["trainable"], all["parameters"]);
  EXPECT_EQ(all["buffers"], 0);
  const json frozen =
      count({"--set=param_group { name: 'b' match: 'bias$' frozen: true }"});
  EXPECT_EQ(frozen["parameters"], all["parameters"]);
  EXPECT_EQ(frozen["trainable"], 8 * 16 + 16 * 3);
}

TEST(ParamsTest, CountsBuffersApart) {
  const ToolRun run = RunTool(
      {"tools/params", "--model=[type.googleapis.com/recipe.ConvNet] {}"});
  ASSERT_EQ(run.status, 0) << run.output;
  // Two norms of 16 and 32 channels: mean, variance, one counter each.
  EXPECT_THAT(run.output, HasSubstr("parameters: 29,034, trainable: 29,034, "
                                    "buffers: 98\n"));
}

}  // namespace
}  // namespace toque
