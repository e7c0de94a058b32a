#include "framework/core/optimizer.h"
#include "framework/testing/testing.h"
#include "framework/testing/trajectory.h"

namespace toque {
namespace {

// Algorithm 2 of the paper in NumPy: tests/goldens/optimizers.py
TEST(LionTest, GoesTheWayOfThePaper) {
  ExpectTrajectory("recipe.Lion", "lr: 0.01",
                   {10.9994736842105, 8.9625, -0.5,              //
                    10.1536842105263, 8.25000000000001, -0.445,  //
                    6.69421052631578, 5.25000000000004, -0.0449999999999996});
  ExpectTrajectory("recipe.Lion",
                   "lr: 0.02 weight_decay: 0.5 beta1: 0.95 beta2: 0.98",
                   {10.8357894736842, 8.835, -0.5,                           //
                    7.31096708296063, 5.99546447035431, -0.343007381388075,  //
                    6.71088398099579, -0.42190049381307, 0.263103716386669});
}

TEST(LionTest, ScalesBeta1ByTheFactorOfSchedules) {
  EXPECT_EQ(Trajectory("recipe.Lion", "lr: 0.1 beta1: 0.9", 0.5),
            Trajectory("recipe.Lion", "lr: 0.1 beta1: 0.45"));
}

TEST(LionTest, RefusesOptionsOutOfRange) {
  const auto make = [](std::string_view options) {
    return Make<Optimizer>("recipe.Lion", options);
  };
  EXPECT_THAT(make("lr: -1"), FailsWith("lr must be at least 0, got -1"));
  EXPECT_THAT(make("beta1: 1"),
              FailsWith("beta1 must be at least 0 and below 1, got 1"));
  EXPECT_THAT(make("beta2: nan"),
              FailsWith("beta2 must be at least 0 and below 1, got nan"));
  EXPECT_THAT(make("weight_decay: -1"),
              FailsWith("weight_decay must be at least 0, got -1"));
}

}  // namespace
}  // namespace toque
