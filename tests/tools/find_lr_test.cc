#include <algorithm>
#include <cmath>
#include <sstream>

#include "framework/core/rng.h"
#include "tests/end_to_end/small_run.h"
#include "tests/tools/run_tool.h"
#include "tools/lr_finder.h"

namespace toque {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;

// Trials at rates 1e-6, 1e-5.9, ..., 1e2 with the losses that `loss` makes of
// the rate's logarithm.
template <typename Loss>
std::vector<LrTrial> Trials(const Loss& loss) {
  std::vector<LrTrial> trials;
  for (int i = 0; i <= 80; ++i) {
    const double exponent = -6 + i / 10.0;
    trials.push_back({std::pow(10, exponent), loss(exponent), 0});
  }
  return trials;
}

TEST(SteepestDescentTest, FindsTheTurningPointOfAFallingCurve) {
  // A logistic curve falls fastest at its centre.
  const auto lr = SteepestDescent(
      Trials([](double x) { return 1 / (1 + std::exp(3 * (x + 2.5))); }), 5);
  ASSERT_TRUE(lr.has_value());
  EXPECT_NEAR(std::log10(*lr), -2.5, 1e-9);
}

TEST(SteepestDescentTest, IgnoresTheRiseAfterTheFall) {
  const auto lr = SteepestDescent(Trials([](double x) {
                                    return 1 / (1 + std::exp(3 * (x + 4))) +
                                           (x > 0 ? 100 * x : 0);
                                  }),
                                  5);
  ASSERT_TRUE(lr.has_value());
  EXPECT_NEAR(std::log10(*lr), -4, 1e-9);
}

// As on small batches: noise of a tenth of the fall, then a divergence with
// falls in it that are far steeper than the one that counts.
TEST(SteepestDescentTest, IsNotMisledByNoiseAndWhatComesAfterTheMinimum) {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    Rng rng(seed);
    const auto lr =
        SteepestDescent(Trials([&rng](double x) {
                          const double fall = 2 / (1 + std::exp(3 * (x + 2.5)));
                          const double rise = x > -0.5 ? 20 * rng.Uniform() : 0;
                          return fall + rise + 0.2 * rng.Uniform();
                        }),
                        6);
    ASSERT_TRUE(lr.has_value());
    EXPECT_NEAR(std::log10(*lr), -2.5, 0.5) << "seed " << seed;
  }
}

TEST(SteepestDescentTest, FindsNothingWhereTheLossNeverFalls) {
  EXPECT_EQ(SteepestDescent(Trials([](double x) { return x; }), 5),
            std::nullopt);
  EXPECT_EQ(SteepestDescent({}, 5), std::nullopt);
}

// The trials of a run of the small experiment.
std::vector<LrTrial> TrialsOf(const LrRange& range) {
  Experiment experiment = SmallExperiment({"steps: 100"});
  experiment.clear_hook();
  experiment.set_non_finite(CONTINUE);
  auto trainer = MakeTrainer(experiment);
  EXPECT_OK(trainer);
  std::vector<LrTrial> trials;
  (*trainer)->AddHook(std::make_unique<LrFinder>(range, &trials), "find_lr");
  EXPECT_OK((*trainer)->Train());
  EXPECT_EQ((*trainer)->run().progress.step,
            static_cast<int64_t>(trials.size()));
  return trials;
}

TEST(LrFinderTest, GrowsTheRateByTheSameFactorEachStep) {
  const std::vector<LrTrial> trials = TrialsOf({1e-5, 1e-3, 100});
  ASSERT_EQ(trials.size(), 100u);
  EXPECT_NEAR(trials.front().lr, 1e-5, 1e-15);
  EXPECT_NEAR(trials.back().lr, 1e-3, 1e-13);
  for (size_t i = 1; i < trials.size(); ++i) {
    EXPECT_NEAR(trials[i].lr / trials[i - 1].lr, std::pow(100, 1 / 99.0),
                1e-12);
  }
}

TEST(LrFinderTest, SmoothsByAMovingAverageWithoutABiasAtItsStart) {
  const std::vector<LrTrial> trials = TrialsOf({1e-5, 1e-3, 100});
  ASSERT_EQ(trials.size(), 100u);
  EXPECT_DOUBLE_EQ(trials[0].smoothed, trials[0].loss);
  double sum = 0;
  double weights = 0;
  for (size_t i = 0; i < trials.size(); ++i) {
    const double weight = std::pow(0.9, 99.0 - static_cast<double>(i));
    sum += weight * trials[i].loss;
    weights += weight;
  }
  EXPECT_NEAR(trials.back().smoothed, sum / weights, 1e-9);
}

TEST(LrFinderTest, StopsWhereTheLossIsFourTimesItsLeast) {
  const std::vector<LrTrial> trials = TrialsOf({1e-3, 1e6, 100});
  ASSERT_GE(trials.size(), 2u);
  ASSERT_LT(trials.size(), 100u);
  double least = trials[0].smoothed;
  for (size_t i = 0; i + 1 < trials.size(); ++i) {
    least = std::min(least, trials[i].smoothed);
    EXPECT_LE(trials[i].smoothed, 4 * least);
  }
  EXPECT_FALSE(trials.back().smoothed <= 4 * least);
}

class FindLrTest : public testing::Test {
 protected:
  FindLrTest() { WriteBytes(experiment_, SmallExperimentText()); }

  ToolRun Find(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(),
                     {"tools/find_lr", "--experiment=" + experiment_});
    return RunTool(arguments);
  }

  const std::string folder_ = TestFolder();
  const std::string experiment_ = folder_ + "/small.textproto";
};

TEST_F(FindLrTest, SuggestsARateAndDrawsTheCurve) {
  const std::string picture = folder_ + "/lr.svg";
  const ToolRun run = Find({"--from=1e-4", "--output=" + picture});
  ASSERT_EQ(run.status, 0) << run.output;
  EXPECT_THAT(run.output, ContainsRegex("rate +loss +smoothed\n0.0001 "));
  EXPECT_THAT(run.output, ContainsRegex("\nsuggested lr: 0\\.[0-9]+\n"));
  EXPECT_THAT(ReadBytes(picture), HasSubstr("learning rate"));
}

// The rate of the least smoothed loss among the rows of the table.
double RateOfLeast(const std::string& output) {
  std::istringstream lines(output.substr(output.find("smoothed\n") + 9));
  double best = 0;
  double least = INFINITY;
  for (double lr, loss, smoothed; lines >> lr >> loss >> smoothed;) {
    if (smoothed >= least) continue;
    least = smoothed;
    best = lr;
  }
  return best;
}

TEST(FindLrOfDigitsTest, SuggestsMuchTheSameRateForEverySeed) {
  const std::string marker = "suggested lr: ";
  std::vector<double> suggested;
  for (const char* seed : {"0", "1", "2", "3"}) {
    const ToolRun run = RunTool(
        {"tools/find_lr", "--experiment=experiments/digits_convnet.textproto",
         absl::StrCat("--set=seed: ", seed)});
    ASSERT_EQ(run.status, 0) << run.output;
    const size_t at = run.output.find(marker);
    ASSERT_NE(at, std::string::npos) << run.output;
    suggested.push_back(std::stod(run.output.substr(at + marker.size())));
    EXPECT_LT(suggested.back(), RateOfLeast(run.output)) << run.output;
  }
  const auto [least, most] =
      std::minmax_element(suggested.begin(), suggested.end());
  // The rate of the experiment is 0.003.
  EXPECT_GE(*least, 0.0003);
  EXPECT_LE(*most, 0.03);
  EXPECT_LE(*most, 10 * *least);
}

TEST_F(FindLrTest, ShowsItsDefaultsAsTheyAreWritten) {
  EXPECT_THAT(RunTool({"tools/find_lr", "--help"}).output,
              HasSubstr("The first rate. (default: 1e-07)\n"));
}

TEST_F(FindLrTest, SaysHowAFieldIsChangedThatIsGivenAsAFlag) {
  const ToolRun run = Find({"--steps", "10", "--epochs=3"});
  EXPECT_EQ(run.status, 1);
  EXPECT_THAT(run.output,
              HasSubstr("unknown flag --epochs=3; see --help; a field of the "
                        "experiment is changed by --set='epochs: 3'"));
}

TEST_F(FindLrTest, SaysWhatIsWrong) {
  EXPECT_THAT(Find({"--from=0"}).output,
              HasSubstr("--from must be above 0, got 0"));
  EXPECT_THAT(Find({"--to=1e-9"}).output, HasSubstr("--to must be above"));
  EXPECT_THAT(Find({"--steps=3"}).output,
              HasSubstr("--steps must be at least 10, got 3"));
  EXPECT_THAT(
      Find({"--set=optimizer { [type.googleapis.com/recipe.Sgd] { lr: 0 } }"})
          .output,
      HasSubstr("find_lr: the optimizer's rate must be above 0, got 0"));
  EXPECT_THAT(RunTool({"tools/find_lr"}).output,
              HasSubstr("--experiment must name a text-proto"));
  const ToolRun word = RunTool({"tools/find_lr", "digits.textproto"});
  EXPECT_EQ(word.status, 1);
  EXPECT_EQ(word.output,
            "unexpected argument \"digits.textproto\"; see --help\n");
}

}  // namespace
}  // namespace toque
