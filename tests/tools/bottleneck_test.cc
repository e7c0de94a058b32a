#include <array>

#include "nlohmann/json.hpp"
#include "tests/end_to_end/small_run.h"
#include "tests/tools/run_tool.h"
#include "tools/time_split.h"

namespace toque {
namespace {

using nlohmann::json;
using testing::HasSubstr;

constexpr std::array kAll = {Spent::kLoad,     Spent::kPlace, Spent::kForward,
                             Spent::kBackward, Spent::kStep,  Spent::kOther};

double SumOf(const TimeSplit& split) {
  double sum = 0;
  for (const Spent spent : kAll) sum += split.seconds(spent);
  return sum;
}

TEST(TimeSplitTest, GivesEachInstantToOnePart) {
  double now = 100;
  TimeSplit split([&now] { return now; });
  split.Begin();
  for (int i = 0; i < 3; ++i) {
    now += 5;
    split.Spend(Spent::kLoad);
    now += 2;
    split.Spend(Spent::kForward);
    now += 0.5;
    split.Spend(Spent::kStep);
  }
  EXPECT_EQ(split.seconds(Spent::kLoad), 15);
  EXPECT_EQ(split.seconds(Spent::kForward), 6);
  EXPECT_EQ(split.seconds(Spent::kStep), 1.5);
  EXPECT_EQ(split.seconds(Spent::kBackward), 0);
  EXPECT_EQ(split.whole(), 22.5);
}

TEST(TimeSplitTest, ForgetsWhatWasBeforeItBegins) {
  double now = 0;
  TimeSplit split([&now] { return now; });
  split.Begin();
  now = 7;
  split.Spend(Spent::kLoad);
  split.Begin();
  now = 9;
  split.Spend(Spent::kStep);
  EXPECT_EQ(split.seconds(Spent::kLoad), 0);
  EXPECT_EQ(split.whole(), 2);
}

// A clock that goes on by one whenever it is looked at.
TEST(SplittingTest, CutsTheStepsOfARun) {
  double now = 0;
  TimeSplit split([&now] { return ++now; });
  Experiment experiment = SmallExperiment({"steps: 6"});
  experiment.clear_hook();
  experiment.clear_eval();
  auto trainer = MakeTrainer(experiment);
  ASSERT_OK(trainer);
  LoaderOptions options;
  options.dataset = (*trainer)->parts().train.dataset.get();
  options.end = 80;
  options.batch_size = 8;
  auto loader = Loader::Start(options);
  ASSERT_OK(loader);
  (*trainer)->UseLoader(SplittingLoader(*std::move(loader), &split));
  (*trainer)->AddHook(SplittingHook(/*skipped=*/2, &split), "split");
  ASSERT_OK((*trainer)->Train());
  // Each is looked for once in each of the four steps that count.
  for (const Spent spent : kAll) {
    EXPECT_EQ(split.seconds(spent), 4) << NameOf(spent);
  }
  EXPECT_EQ(split.whole(), SumOf(split));
}

TEST(BottleneckTest, ItsPartsAreTheWhole) {
  const std::string experiment = TestFolder() + "/small.textproto";
  WriteBytes(experiment, SmallExperimentText());
  const ToolRun run = RunTool({"tools/bottleneck", "--experiment=" + experiment,
                               "--steps=8", "--skip=2", "--json"});
  ASSERT_EQ(run.status, 0) << run.output;
  const json split = json::parse(run.output);
  double sum = 0;
  for (const auto& [name, seconds] : split["seconds"].items()) {
    EXPECT_GE(seconds, 0) << name;
    sum += seconds.get<double>();
  }
  EXPECT_EQ(split["seconds"].size(), kSpentKinds);
  EXPECT_NEAR(sum, split["whole_seconds"].get<double>(), 1e-9);
  EXPECT_THAT(
      RunTool({"tools/bottleneck", "--experiment=" + experiment, "--steps=3"})
          .output,
      HasSubstr("most of it: "));
}

TEST(BottleneckTest, SaysWhatIsWrong) {
  EXPECT_THAT(RunTool({"tools/bottleneck", "--steps=0"}).output,
              HasSubstr("--steps must be at least 1, got 0"));
  EXPECT_THAT(RunTool({"tools/bottleneck"}).output,
              HasSubstr("--experiment must name a text-proto"));
}

}  // namespace
}  // namespace toque
