#include "framework/core/hook.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

// Why the first step ends the run, or "".
std::string Reason(const std::string& options) {
  const auto hook = MakeOrDie<Hook>("recipe.MaxTime", options);
  toque::Run run;
  EXPECT_OK(hook->BeforeTraining(run));
  EXPECT_EQ(run.stop_reason, "");
  EXPECT_OK(hook->AfterStep(run));
  return run.stop_reason;
}

// No clock is so fine that less time than this could pass.
TEST(MaxTimeTest, EndsTheRunAfterTheStepThatFindsItOver) {
  EXPECT_EQ(Reason("seconds: 1e-30"), "its 1e-30 seconds are over");
}

TEST(MaxTimeTest, LetsTheRunGoOnUntilThen) {
  EXPECT_EQ(Reason("seconds: 1e6"), "");
  EXPECT_EQ(Reason("hours: 1000"), "");
}

TEST(MaxTimeTest, AddsItsTimesUp) {
  EXPECT_EQ(Reason("seconds: 1e-30 minutes: 1000"), "");
  EXPECT_EQ(Reason("minutes: 1e-30 seconds: 1e-30"),
            "its 6.1e-29 seconds are over");
}

TEST(MaxTimeTest, HasNoState) {
  State state;
  MakeOrDie<Hook>("recipe.MaxTime", "hours: 1")->Save(&state);
  EXPECT_TRUE(state.tensors().empty());
}

TEST(MaxTimeTest, RefusesToHaveNoTime) {
  const std::string what = "seconds, minutes and hours together must be above ";
  EXPECT_THAT(Make<Hook>("recipe.MaxTime"), FailsWith(what + "0, got 0"));
}

TEST(MaxTimeTest, RefusesTimesBelowZero) {
  const auto made = Make<Hook>("recipe.MaxTime", "hours: -1 minutes: 61");
  EXPECT_THAT(made, FailsWith("hours must be at least 0, got -1"));
}

}  // namespace
}  // namespace toque
