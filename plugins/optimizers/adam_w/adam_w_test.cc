#include "framework/core/optimizer.h"
#include "framework/testing/testing.h"
#include "framework/testing/trajectory.h"

namespace toque {
namespace {

// torch 2.11: tests/goldens/optimizers.py
TEST(AdamWTest, GoesTheWayOfPyTorch) {
  ExpectTrajectory("recipe.AdamW", "lr: 0.01",
                   {10.9983684219761, 8.96160000023368, -0.5,                //
                    10.1142882992775, 8.23752475956004, -0.444547615710981,  //
                    7.47980907244739, 5.60691899903016, -0.0913262017519339});
  ExpectTrajectory("recipe.AdamW",
                   "lr: 0.1 weight_decay: 0.5 beta1: 0.8 beta2: 0.99",
                   {9.96842106186643, 8.17500000233684, -0.5,                 //
                    5.17176808506139, 0.744278258470992, 0.0817762652629418,  //
                    5.84637805084132, 0.808449169252192, 0.0887781504086748});
  ExpectTrajectory("recipe.AdamW", "lr: 0.1 amsgrad: true eps: 0.001",
                   {10.5109130350536, 8.61623327293665, -0.5,              //
                    5.31150554416797, 2.58361515519595, 0.02735813574304,  //
                    6.1783150368571, 0.942028933755561, 0.0985928517558229});
}

TEST(AdamWTest, ScalesBeta1ByTheFactorOfSchedules) {
  EXPECT_EQ(Trajectory("recipe.AdamW", "beta1: 0.9", 0.5),
            Trajectory("recipe.AdamW", "beta1: 0.45"));
}

TEST(AdamWTest, RefusesOptionsOutOfRange) {
  const auto make = [](std::string_view options) {
    return Make<Optimizer>("recipe.AdamW", options);
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
