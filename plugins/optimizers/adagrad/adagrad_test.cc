#include "framework/core/optimizer.h"
#include "framework/testing/testing.h"
#include "framework/testing/trajectory.h"

namespace toque {
namespace {

// torch 2.11: tests/goldens/optimizers.py
TEST(AdagradTest, GoesTheWayOfPyTorch) {
  ExpectTrajectory("recipe.Adagrad", "lr: 0.1",
                   {10.5210526316713, 8.62500000002337, -0.5,                //
                    8.19744135325834, 6.40629871748498, -0.247194741081026,  //
                    6.49332500007891, 3.74006990829525, 0.063265624991807});
  ExpectTrajectory("recipe.Adagrad", "lr: 0.1 lr_decay: 0.05 weight_decay: 0.1",
                   {10.5210526316336, 8.6250000000197, -0.5,                 //
                    8.57696211191282, 6.93897331168009, -0.283074142075789,  //
                    7.54346631424638, 5.90069269794774, -0.104178368568428});
  ExpectTrajectory("recipe.Adagrad",
                   "lr: 0.1 initial_accumulator_value: 0.5 eps: 0.001",
                   {10.5573582786153, 8.66044830558542, -0.5,                //
                    8.11535629688526, 6.49076751005298, -0.283558312711397,  //
                    6.42977210896904, 3.75944588445563, 0.0496261482839271});
}

TEST(AdagradTest, RefusesOptionsOutOfRange) {
  const auto make = [](std::string_view options) {
    return Make<Optimizer>("recipe.Adagrad", options);
  };
  EXPECT_THAT(make("lr: -1"), FailsWith("lr must be at least 0, got -1"));
  EXPECT_THAT(make("lr_decay: -1"),
              FailsWith("lr_decay must be at least 0, got -1"));
  EXPECT_THAT(make("weight_decay: -1"),
              FailsWith("weight_decay must be at least 0, got -1"));
  EXPECT_THAT(
      make("initial_accumulator_value: -1"),
      FailsWith("initial_accumulator_value must be at least 0, got -1"));
  EXPECT_THAT(make("eps: nan"), FailsWith("eps must be at least 0, got nan"));
}

}  // namespace
}  // namespace toque
