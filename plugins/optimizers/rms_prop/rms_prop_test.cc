#include "framework/core/optimizer.h"
#include "framework/testing/testing.h"
#include "framework/testing/trajectory.h"

namespace toque {
namespace {

// torch 2.11: tests/goldens/optimizers.py
TEST(RmsPropTest, GoesTheWayOfPyTorch) {
  ExpectTrajectory("recipe.RmsProp", "",
                   {10.5210527239273, 8.62500002336842, -0.5,               //
                    8.15346630713948, 6.3616082075901, -0.244815868193551,  //
                    6.35257349263252, 3.37449228499109, 0.0767883140379871});
  ExpectTrajectory("recipe.RmsProp", "alpha: 0.9 eps: 0.1 weight_decay: 0.1",
                   {10.9025765643787, 8.89590702760785, -0.5,                //
                    9.73978561075165, 8.02635725530349, -0.426223059352976,  //
                    6.73952248047549, 5.38132260044307, -0.104383370609485});
  ExpectTrajectory("recipe.RmsProp", "centered: true",
                   {10.5183747283276, 8.62311084288226, -0.5,               //
                    8.07516379696143, 6.2669238545986, -0.239093780108499,  //
                    6.28452611918944, 2.7776326780155, 0.0857753956871458});
  ExpectTrajectory("recipe.RmsProp", "lr: 0.001 momentum: 0.9",
                   {10.9994736934454, 8.96250000233684, -0.5,                //
                    8.80565865042665, 7.09282751850779, -0.367045753128552,  //
                    6.36932160507912, 3.56110262855575, 0.0852849797976332});
  ExpectTrajectory("recipe.RmsProp", "lr: 0.001 momentum: 0.5 centered: true",
                   {10.9992058938854, 8.96231108428823, -0.5,               //
                    10.3313232886071, 8.42400890685137, -0.44865753003969,  //
                    9.00190178823944, 7.24755612529061, -0.281076706436159});
}

TEST(RmsPropTest, ScalesMomentumByTheFactorOfSchedules) {
  EXPECT_EQ(Trajectory("recipe.RmsProp", "momentum: 0.9", 0.5),
            Trajectory("recipe.RmsProp", "momentum: 0.45"));
}

TEST(RmsPropTest, RefusesOptionsOutOfRange) {
  const auto make = [](std::string_view options) {
    return Make<Optimizer>("recipe.RmsProp", options);
  };
  EXPECT_THAT(make("lr: -1"), FailsWith("lr must be at least 0, got -1"));
  EXPECT_THAT(make("alpha: 1.5"),
              FailsWith("alpha must be from 0 to 1, got 1.5"));
  EXPECT_THAT(make("eps: nan"), FailsWith("eps must be at least 0, got nan"));
  EXPECT_THAT(make("weight_decay: -1"),
              FailsWith("weight_decay must be at least 0, got -1"));
  EXPECT_THAT(make("momentum: -1"),
              FailsWith("momentum must be at least 0, got -1"));
}

}  // namespace
}  // namespace toque
