#include <functional>

#include "framework/core/hook.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

using testing::DoubleNear;
using testing::Pointwise;

using Factor = double (Hook::*)(const Progress&) const;

// Factors of a run of 12 steps.
std::vector<double> Trace(const std::string& options, Factor factor) {
  const auto hook = MakeOrDie<Hook>("recipe.OneCycle", options);
  std::vector<double> factors;
  for (int64_t step = 0; step < 12; ++step) {
    factors.push_back(
        std::invoke(factor, *hook, Progress{.step = step, .total_steps = 12}));
  }
  return factors;
}

// torch 2.11: tests/goldens/schedules.py
struct Golden {
  std::string options;
  std::vector<double> lr;
  std::vector<double> momentum;
};
const std::vector<Golden> kGoldens = {
    {"",
     {0.04, 0.349789654219583, 0.879285159122129, 0.994415435450912,
      0.933012969841412, 0.811745653949763, 0.647378997695103,
      0.462637102666975, 0.283060998208699, 0.133477530188831,
      0.0345669874253952, 4e-06},
     {1, 0.966031836160133, 0.90797311851731, 0.895324693356572,
      0.901788136642924, 0.914553168323225, 0.931854990820479, 0.95130158387297,
      0.970204407321977, 0.985950098517359, 0.996361776244432, 1}},
    {"anneal: LINEAR",
     {0.04, 0.409230769230769, 0.778461538461539, 0.952381142857143, 0.833334,
      0.714286857142857, 0.595239714285714, 0.476192571428571,
      0.357145428571429, 0.238098285714286, 0.119051142857143,
      4.000000000004e-06},
     {1, 0.959514170040486, 0.919028340080972, 0.899749373433584,
      0.912280701754386, 0.924812030075188, 0.93734335839599, 0.949874686716792,
      0.962406015037594, 0.974937343358396, 0.987468671679198, 1}},
    {"phases: THREE",
     {0.04, 0.349789654219583, 0.879285159122129, 0.945018892313541,
      0.462142393477445, 0.053947927635495, 0.0381516932425798,
      0.0312246189331169, 0.0210846698938912, 0.0106347680028856,
      0.00286657019100055, 4e-06},
     {1, 0.966031836160133, 0.90797311851731, 0.900765472334042,
      0.953712456855543, 0.998470621969792, 1, 1, 1, 1, 1, 1}},
    {"phases: THREE anneal: LINEAR rise: 0.4 start: 0.1 end: 1e-3 momentum: "
     "0.8",
     {0.1, 0.336842105263158, 0.573684210526316, 0.810526315789474,
      0.952631578947369, 0.715789473684211, 0.478947368421053,
      0.242105263157895, 0.0883529411764706, 0.0592352941176471,
      0.0301176470588236, 0.001},
     {1, 0.947368421052632, 0.894736842105263, 0.842105263157895,
      0.810526315789474, 0.863157894736842, 0.91578947368421, 0.968421052631579,
      1, 1, 1, 1}},
};

TEST(OneCycleTest, FollowsTheTracesOfPyTorch) {
  for (const Golden& golden : kGoldens) {
    EXPECT_THAT(Trace(golden.options, &Hook::LrFactor),
                Pointwise(DoubleNear(1e-12), golden.lr))
        << golden.options;
    EXPECT_THAT(Trace(golden.options, &Hook::MomentumFactor),
                Pointwise(DoubleNear(1e-12), golden.momentum))
        << golden.options;
  }
}

TEST(OneCycleTest, LeavesMomentumAloneWhereAsked) {
  EXPECT_THAT(Trace("momentum: 1", &Hook::MomentumFactor), testing::Each(1));
}

TEST(OneCycleTest, StaysFiniteInARunOfOneStep) {
  for (const char* options : {"", "phases: THREE"}) {
    const auto hook = MakeOrDie<Hook>("recipe.OneCycle", options);
    EXPECT_NEAR(hook->LrFactor({.step = 0, .total_steps = 1}), 4e-6, 1e-12);
    EXPECT_DOUBLE_EQ(hook->MomentumFactor({.step = 0, .total_steps = 1}), 1);
  }
}

TEST(OneCycleTest, RefusesOptionsOutOfRange) {
  EXPECT_THAT(Make<Hook>("recipe.OneCycle", "rise: 1"),
              FailsWith("rise must be above 0 and below 1, got 1"));
  EXPECT_THAT(Make<Hook>("recipe.OneCycle", "rise: 0.6 phases: THREE"),
              FailsWith("rise must be at most 0.5 with THREE phases, got 0.6"));
  EXPECT_THAT(Make<Hook>("recipe.OneCycle", "start: 0"),
              FailsWith("start must be above 0 and at most 1, got 0"));
  EXPECT_THAT(Make<Hook>("recipe.OneCycle", "end: 2"),
              FailsWith("end must be above 0 and at most 1, got 2"));
  EXPECT_THAT(Make<Hook>("recipe.OneCycle", "momentum: -1"),
              FailsWith("momentum must be above 0 and at most 1, got -1"));
}

}  // namespace
}  // namespace toque
