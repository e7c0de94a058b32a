#include <filesystem>

#include "framework/core/model_access.h"
#include "framework/parts/param_groups.h"
#include "framework/parts/parts.h"
#include "tests/end_to_end/small_run.h"
#include "tests/tools/run_tool.h"
#include "tools/schedule_chart.h"

namespace toque {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

// The rate of the small experiment, base rate 0.1, in epochs of ten steps.
Chart ChartOf(const std::vector<std::string>& changes) {
  const Experiment experiment = SmallExperiment(changes);
  const auto parts = BuildParts(experiment, Context(), Opening::kSkip);
  EXPECT_OK(parts);
  const auto groups = MakeGroups(experiment, Parameters(*parts->model));
  EXPECT_OK(groups);
  const int64_t total =
      experiment.has_steps() ? experiment.steps() : experiment.epochs() * 10;
  return ScheduleChart(experiment, *parts, *groups,
                       {.steps_per_epoch = 10, .total_steps = total});
}

// A change that takes out the experiment's own schedule and adds others.
std::vector<std::string> Schedules(const std::vector<std::string>& schedules) {
  std::vector<std::string> changes = {"remove: 'recipe.LinearDecay'"};
  for (const std::string& schedule : schedules) {
    changes.push_back("hook { [type.googleapis.com/recipe." + schedule + " }");
  }
  return changes;
}

std::vector<std::pair<double, std::string>> Marks(const Chart& chart) {
  std::vector<std::pair<double, std::string>> marks;
  for (const Chart::Mark& mark : chart.marks) {
    marks.emplace_back(mark.x, mark.name);
  }
  return marks;
}

TEST(ScheduleChartTest, HoldsTheRateOfEveryStepInEpochs) {
  const Chart chart = ChartOf({});
  ASSERT_EQ(chart.series.size(), 1u);
  const auto& points = chart.series[0].points;
  ASSERT_EQ(points.size(), 20u);
  for (size_t step = 0; step < 20; ++step) {
    EXPECT_DOUBLE_EQ(points[step].first, static_cast<double>(step) / 10);
    EXPECT_DOUBLE_EQ(points[step].second,
                     0.1 * (1 - static_cast<double>(step) / 20));
  }
  EXPECT_EQ(chart.x_label, "epoch");
  EXPECT_EQ(ChartOf({"steps: 30"}).x_label, "step");
  EXPECT_EQ(ChartOf({"steps: 30"}).series[0].points.back().first, 29);
}

TEST(ScheduleChartTest, MultipliesTheFactorsOfAllSchedules) {
  const Chart chart =
      ChartOf(Schedules({"WarmUp] { length: 1 }", "Cosine] { eta_min: 0.5 }"}));
  const auto& points = chart.series[0].points;
  EXPECT_DOUBLE_EQ(points[0].second, 0.1 * 0.1);
  EXPECT_DOUBLE_EQ(points[10].second, 0.1 * 0.75);
}

TEST(ScheduleChartTest, HasALineForEveryRate) {
  const Chart chart =
      ChartOf({"param_group { name: 'bias' match: 'bias$' } "
               "param_group { name: 'head' match: '^(?!.*bias).*[34]' "
               "  lr_scale: 0.2 }"});
  ASSERT_EQ(chart.series.size(), 2u);
  EXPECT_EQ(chart.series[0].name, "head");
  EXPECT_DOUBLE_EQ(chart.series[0].points[0].second, 0.02);
  EXPECT_EQ(chart.series[1].name, "base, bias");
  EXPECT_DOUBLE_EQ(chart.series[1].points[0].second, 0.1);
}

TEST(ScheduleChartTest, MarksThePhases) {
  EXPECT_THAT(Marks(ChartOf({})), ElementsAre(Pair(0.1, "LinearDecay")));
  const std::string longer = "epochs: 20";
  auto changes = Schedules(
      {"WarmUp] { length: 5 }", "Cosine] { per: STEP begin: 50 length: 100 }"});
  changes.push_back(longer);
  EXPECT_THAT(Marks(ChartOf(changes)),
              ElementsAre(Pair(0, "WarmUp"), Pair(5.1, "Cosine"),
                          Pair(15, "constant")));
  changes = Schedules({"Constant] { factor: 0.1 length: 5 }",
                       "MultiStep] { milestone: [10, 15] }"});
  changes.push_back(longer);
  EXPECT_THAT(Marks(ChartOf(changes)),
              ElementsAre(Pair(0, "Constant"), Pair(5, "constant"),
                          Pair(10, "MultiStep"), Pair(15, "constant")));
}

TEST(ScheduleChartTest, LooksAtALongRunInSteps) {
  const Chart chart = ChartOf({"steps: 1000000"});
  EXPECT_LE(chart.series[0].points.size(), 2001u);
  EXPECT_EQ(chart.series[0].points.back().first, 999999);
}

class PlotScheduleTest : public testing::Test {
 protected:
  PlotScheduleTest() { WriteBytes(experiment_, SmallExperimentText()); }

  ToolRun Plot(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(),
                     {"tools/plot_schedule", "--experiment=" + experiment_});
    return RunTool(arguments);
  }

  const std::string folder_ = TestFolder();
  const std::string experiment_ = folder_ + "/small.textproto";
};

TEST_F(PlotScheduleTest, DrawsTheSameWithAndWithoutTheData) {
  const std::string counted = folder_ + "/counted.svg";
  const std::string given = folder_ + "/given.svg";
  ToolRun run = Plot({"--output=" + counted});
  ASSERT_EQ(run.status, 0) << run.output;
  run = Plot({"--output=" + given, "--steps_per_epoch=10"});
  ASSERT_EQ(run.status, 0) << run.output;
  EXPECT_EQ(ReadBytes(counted), ReadBytes(given));
  for (const char* text : {"small", "epoch", "base", "LinearDecay"}) {
    EXPECT_THAT(ReadBytes(counted), HasSubstr(text));
  }
}

TEST_F(PlotScheduleTest, CountsAccumulatedStepsAndAShorterTrainingSet) {
  const std::string counted = folder_ + "/counted.svg";
  const std::string given = folder_ + "/given.svg";
  const std::string change =
      "--set=accumulate_steps: 2 train { range { end: 50 } }";
  ASSERT_EQ(Plot({change, "--output=" + counted}).status, 0);
  // Batches of 8, 8, 8, 8, 8, 8 and 2.
  ASSERT_EQ(Plot({change, "--output=" + given, "--steps_per_epoch=4"}).status,
            0);
  EXPECT_EQ(ReadBytes(counted), ReadBytes(given));
}

TEST_F(PlotScheduleTest, SaysWhatIsWrong) {
  EXPECT_THAT(Plot({}).output, HasSubstr("--output must be given"));
  EXPECT_THAT(Plot({"--output=x.gif"}).output,
              HasSubstr("a picture's name must end in .svg or .png"));
  EXPECT_THAT(Plot({"--output=x.svg", "--steps_per_epoch=-1"}).output,
              HasSubstr("--steps_per_epoch must be at least 0, got -1"));
  EXPECT_THAT(Plot({"--output=x.svg", "--set=epochs: 0"}).output,
              HasSubstr("epochs must be at least 1, got 0"));
  EXPECT_EQ(Plot({"--output=x.gif"}).status, 1);
}

}  // namespace
}  // namespace toque
