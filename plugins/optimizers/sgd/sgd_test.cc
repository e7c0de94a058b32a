#include <limits>

#include "ATen/ops/full.h"
#include "ATen/ops/zeros.h"
#include "framework/core/optimizer.h"
#include "framework/testing/testing.h"
#include "framework/testing/trajectory.h"

namespace toque {
namespace {

// torch 2.11: tests/goldens/optimizers.py
TEST(SgdTest, GoesTheWayOfPyTorch) {
  ExpectTrajectory("recipe.Sgd", "",
                   {10.8850280073413, 8.86314197239824, -0.5,              //
                    8.34408794160677, 6.6903203829778, -0.46384953757044,  //
                    4.56908715837644, 2.62501823010482, -0.233587812738265});
  ExpectTrajectory("recipe.Sgd", "weight_decay: 0.1",
                   {10.8739753757623, 8.85414197239824, -0.5,                //
                    8.19252835663996, 6.56049146526321, -0.458614599026132,  //
                    4.42801481365848, 2.39971013985296, -0.208162644688208});
}

// torch 2.11: tests/goldens/optimizers.py
TEST(SgdTest, GoesTheWayOfPyTorchWithMomentum) {
  ExpectTrajectory("recipe.Sgd", "momentum: 0.9 weight_decay: 0.1",
                   {10.8739753757623, 8.85414197239824, -0.5,                 //
                    1.09866857213207, -0.539671116219867, -0.32188729479226,  //
                    5.85433432395837, 0.878308862518039, 0.078393812304606});
  ExpectTrajectory("recipe.Sgd", "momentum: 0.9 nesterov: true",
                   {10.7341847928958, 8.73996974755665, -0.5,  //
                    1.95122251201444, 0.0821161169693657, -0.325176992683117,
                    6.20075527410717, 0.934730500073675, 0.0925040964449652});
}

// The first gradient enters whole, that of the late parameter too.
// torch 2.11: tests/goldens/optimizers.py
TEST(SgdTest, GoesTheWayOfPyTorchWithDampening) {
  ExpectTrajectory("recipe.Sgd",
                   "momentum: 0.9 dampening: 0.5 weight_decay: 0.1",
                   {10.8739753757623, 8.85414197239824, -0.5,               //
                    3.2389137631533, 2.21034666349583, -0.396652764134956,  //
                    5.77309552182154, 0.859425030278789, 0.0927938953049486});
}

// With dampening d and momentum m: v1 = g, v2 = m v1 + (1 - d) g.
TEST(SgdTest, TakesTheFirstFiniteGradientWholeAfterAnOverflow) {
  const auto sgd =
      MakeOrDie<Optimizer>("recipe.Sgd", "momentum: 0.5 dampening: 0.25");
  const at::Tensor x = at::zeros({1});
  std::vector<Group> groups(1);
  groups[0].parameters = {{"x", x}};
  groups[0].lr = 1;
  ASSERT_OK(sgd->Attach(&groups));
  const auto step = [&](double gradient, double found_inf) {
    x.mutable_grad() = at::full({1}, gradient);
    StepContext context;
    context.found_inf = at::full({}, found_inf);
    EXPECT_OK(sgd->Step(context));
    return x.item<double>();
  };
  EXPECT_EQ(step(std::numeric_limits<double>::infinity(), 1), 0);
  EXPECT_EQ(step(8, 0), -8);
  EXPECT_EQ(step(8, 0), -8 - (0.5 * 8 + 0.75 * 8));
}

TEST(SgdTest, ScalesMomentumByTheFactorOfSchedules) {
  EXPECT_EQ(Trajectory("recipe.Sgd", "momentum: 0.9", 0.5),
            Trajectory("recipe.Sgd", "momentum: 0.45"));
  EXPECT_EQ(Trajectory("recipe.Sgd", "momentum: 0.9", 0),
            Trajectory("recipe.Sgd", ""));
}

TEST(SgdTest, RefusesOptionsOutOfRange) {
  const auto make = [](std::string_view options) {
    return Make<Optimizer>("recipe.Sgd", options);
  };
  EXPECT_THAT(make("lr: -1"), FailsWith("lr must be at least 0, got -1"));
  EXPECT_THAT(make("lr: nan"), FailsWith("lr must be at least 0, got nan"));
  EXPECT_THAT(make("lr: inf"),
              FailsWith("lr must be finite and at least 0, got inf"));
  for (const char* dampening : {"-0.5", "1.5", "nan"}) {
    EXPECT_THAT(make(std::string("dampening: ") + dampening),
                FailsWith(std::string("dampening must be from 0 to 1, got ") +
                          dampening));
  }
  EXPECT_THAT(make("momentum: -1"),
              FailsWith("momentum must be at least 0, got -1"));
  EXPECT_THAT(make("weight_decay: -1"),
              FailsWith("weight_decay must be at least 0, got -1"));
  EXPECT_THAT(make("nesterov: true"),
              FailsWith("nesterov needs momentum above 0, got 0"));
  EXPECT_THAT(make("nesterov: true momentum: 0.9 dampening: 0.1"),
              FailsWith("nesterov needs dampening to be 0, got 0.1"));
}

}  // namespace
}  // namespace toque
