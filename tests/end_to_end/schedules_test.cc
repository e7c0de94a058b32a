// Schedules of the rate in whole runs.

#include "framework/core/hook.h"
#include "framework/trainer/checkpoint.h"
#include "tests/end_to_end/small_run.h"

namespace toque {
namespace {

using testing::DoubleNear;
using testing::Pointwise;

// The small experiment with other schedules, one as "Exponential { gamma: 1 }".
Experiment With(const std::vector<std::string>& schedules,
                const std::string& changes) {
  std::vector<std::string> all = {"remove: 'recipe.LinearDecay' " + changes};
  for (const std::string& schedule : schedules) {
    const size_t space = schedule.find(' ');
    all.push_back("hook { [type.googleapis.com/recipe." +
                  schedule.substr(0, space) + "] " + schedule.substr(space) +
                  " }");
  }
  return SmallExperiment(all);
}

// Remembers the rate of each epoch's last step.
class RateOfEpochs : public Hook {
 public:
  explicit RateOfEpochs(std::vector<double>* rates) : rates_(*rates) {}
  absl::Status AfterEpoch(toque::Run& run) override {
    rates_.push_back(run.groups[0].lr);
    return absl::OkStatus();
  }

 private:
  std::vector<double>& rates_;
};

// Recipe R69, with its numbers.
TEST(SchedulesTest, MultiplyWhereSeveralStandInAnExperiment) {
  auto trainer = MakeTrainer(With(
      {"Exponential { gamma: 0.9 }", "StepDecay { every: 3 }"}, "epochs: 5"));
  ASSERT_OK(trainer);
  std::vector<double> rates;
  (*trainer)->AddHook(std::make_unique<RateOfEpochs>(&rates), "rates");
  ASSERT_OK((*trainer)->Train());
  EXPECT_THAT(rates, Pointwise(DoubleNear(1e-12),
                               {0.1, 0.09, 0.081, 0.00729, 0.006561}));
}

TEST(SchedulesTest, AreRefusedWhereTheyAreLongerThanTheRun) {
  auto trainer = MakeTrainer(With({"WarmUp { length: 3 }"}, "epochs: 2"));
  ASSERT_OK(trainer);
  EXPECT_THAT((*trainer)->Train(),
              FailsWith("recipe.WarmUp: length must be at most the run's 2 "
                        "epochs, got 3"));
  EXPECT_EQ((*trainer)->run().progress.step, 0);
}

// An evaluation that a shorter run ends with is none of the longer run.
TEST(SchedulesTest, GoOnFromTheEndOfAShorterRun) {
  const auto of = [](int epochs) {
    return With({"Plateau { metric: 'loss/eval' patience: 1 threshold: 9 }"},
                absl::StrCat("eval { every_epochs: 2 } epochs: ", epochs));
  };
  const std::string folder = TestFolder();
  ASSERT_OK(RunExperiment(of(6), folder + "/whole"));
  ASSERT_OK(RunExperiment(of(3), folder + "/short"));
  const auto trainer = MakeTrainer(of(6), folder + "/short");
  ASSERT_OK(trainer);
  const auto checkpoint =
      ReadCheckpoint(folder + "/short/checkpoints/last.safetensors");
  ASSERT_OK(checkpoint);
  ASSERT_OK((*trainer)->Resume(*checkpoint));
  ASSERT_OK((*trainer)->Train());
  EXPECT_EQ(LastCheckpoint(folder + "/short"),
            LastCheckpoint(folder + "/whole"));
}

TEST(SchedulesTest, FollowAMetricThatIsPublished) {
  EXPECT_THAT(MakeTrainer(With({"Plateau { metric: 'nobodys/eval' }"}, "")),
              FailsWith("nobodys/eval"));

  // No loss can be better by 100.
  auto trainer =
      MakeTrainer(With({"Plateau { metric: 'loss/eval' mode: MIN patience: 1 "
                        "threshold: 100 threshold_mode: ABSOLUTE }"},
                       "epochs: 6"));
  ASSERT_OK(trainer);
  std::vector<double> rates;
  (*trainer)->AddHook(std::make_unique<RateOfEpochs>(&rates), "rates");
  ASSERT_OK((*trainer)->Train());
  EXPECT_THAT(rates,
              Pointwise(DoubleNear(1e-12), {0.1, 0.1, 0.1, 0.01, 0.01, 0.001}));
}

}  // namespace
}  // namespace toque
