#include "framework/core/optimizer.h"
#include "framework/testing/testing.h"
#include "framework/testing/trajectory.h"

namespace toque {
namespace {

// torch 2.11: tests/goldens/optimizers.py
TEST(AdamTest, GoesTheWayOfPyTorch) {
  ExpectTrajectory("recipe.Adam", "lr: 0.01",
                   {10.999473685134, 8.96250000023369, -0.5,               //
                    10.1341693998337, 8.2546914059628, -0.44506914480188,  //
                    7.53131458617038, 5.67004320536137, -0.0933022999651758});
  ExpectTrajectory("recipe.Adam", "lr: 0.01 beta1: 0.8 beta2: 0.99 eps: 0.001",
                   {10.9995649877159, 8.96252332729367, -0.5,                //
                    10.1426819503364, 8.25870837489177, -0.445216282167892,  //
                    7.58750698441012, 5.70044376201027, -0.0995284472454221});
  ExpectTrajectory("recipe.Adam", "lr: 0.1 weight_decay: 0.1",
                   {10.5210526370418, 8.62500000196986, -0.5,                //
                    4.97778857705206, 2.63612137897654, 0.0230537837782492,  //
                    5.81967520221583, 0.897084277510379, 0.088410587280596});
  ExpectTrajectory("recipe.Adam", "lr: 0.1 amsgrad: true",
                   {10.5210526408138, 8.62500000233684, -0.5,                //
                    5.34888812959647, 2.67229026077803, 0.0257893311244478,  //
                    6.19066500319575, 0.951837206179472, 0.0988869111225421});
}

TEST(AdamTest, ScalesBeta1ByTheFactorOfSchedules) {
  EXPECT_EQ(Trajectory("recipe.Adam", "beta1: 0.9", 0.5),
            Trajectory("recipe.Adam", "beta1: 0.45"));
}

TEST(AdamTest, RefusesOptionsOutOfRange) {
  const auto make = [](std::string_view options) {
    return Make<Optimizer>("recipe.Adam", options);
  };
  EXPECT_THAT(make("lr: -1"), FailsWith("lr must be at least 0, got -1"));
  EXPECT_THAT(make("beta1: 1"),
              FailsWith("beta1 must be at least 0 and below 1, got 1"));
  EXPECT_THAT(make("beta2: nan"),
              FailsWith("beta2 must be at least 0 and below 1, got nan"));
  EXPECT_THAT(make("eps: -1"), FailsWith("eps must be at least 0, got -1"));
  EXPECT_THAT(make("weight_decay: -1"),
              FailsWith("weight_decay must be at least 0, got -1"));
}

}  // namespace
}  // namespace toque
