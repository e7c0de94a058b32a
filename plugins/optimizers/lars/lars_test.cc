#include "ATen/ops/tensor.h"
#include "ATen/ops/zeros.h"
#include "framework/core/optimizer.h"
#include "framework/testing/testing.h"
#include "framework/testing/trajectory.h"

namespace toque {
namespace {

// One step of one parameter in a group with this scale of its decay.
at::Tensor StepOnce(std::string_view options, at::Tensor x,
                    const at::Tensor& gradient, double weight_decay_scale) {
  const auto optimizer = MakeOrDie<Optimizer>("recipe.Lars", options);
  std::vector<Group> groups(1);
  groups[0].parameters = {{"x", x}};
  groups[0].lr = optimizer->base_lr();
  groups[0].weight_decay_scale = weight_decay_scale;
  EXPECT_OK(optimizer->Attach(&groups));
  x.mutable_grad() = gradient;
  EXPECT_OK(optimizer->Step({}));
  return x;
}

// Algorithm 1 of the paper in NumPy: tests/goldens/optimizers.py
TEST(LarsTest, GoesTheWayOfThePaper) {
  ExpectTrajectory("recipe.Lars", "",
                   {11.038621738548, 8.99123561387368, -0.5,                 //
                    9.43771922023753, 7.97020663531597, -0.476128867660112,  //
                    4.21248027878564, 3.26992792808943, -0.203835507686071});
  ExpectTrajectory(
      "recipe.Lars",
      "lr: 2 momentum: 0.5 weight_decay: 0.1 trust_coefficient: 0.01 eps: 0.1",
      {10.780858870356, 8.82720807604118, -0.5,                 //
       4.85387822319214, 4.10711956576418, -0.346232163340593,  //
       5.80248280604902, 0.880557470936735, -0.0266719870397729});
}

// |x| = 5 and |g| = 10: the rate is 0.5 x 0.01 x 5 / (10 + 0.2 x 5).
TEST(LarsTest, ScalesTheRateByTheTrustRatio) {
  const at::Tensor x =
      StepOnce("lr: 0.5 weight_decay: 0.2 trust_coefficient: 0.01 eps: 1e-30",
               at::tensor({3.0, 4.0}), at::tensor({6.0, 8.0}), 1);
  const double rate = 0.5 * 0.01 * 5 / 11;
  EXPECT_NEAR(x[0].item<double>(), 3 - rate * (6 + 0.2 * 3), 1e-12);
  EXPECT_NEAR(x[1].item<double>(), 4 - rate * (8 + 0.2 * 4), 1e-12);
}

TEST(LarsTest, KeepsTheRateInGroupsWithoutDecay) {
  const at::Tensor x = StepOnce("lr: 0.5 weight_decay: 0.2", at::tensor({3.0}),
                                at::tensor({6.0}), 0);
  EXPECT_EQ(x.item<double>(), 3 - 0.5 * 6);
}

TEST(LarsTest, KeepsTheRateOfATensorOfZeros) {
  const at::Tensor x =
      StepOnce("lr: 0.5", at::zeros({1}, at::kDouble), at::tensor({6.0}), 1);
  EXPECT_EQ(x.item<double>(), -0.5 * 6);
}

TEST(LarsTest, ScalesMomentumByTheFactorOfSchedules) {
  EXPECT_EQ(Trajectory("recipe.Lars", "momentum: 0.9", 0.5),
            Trajectory("recipe.Lars", "momentum: 0.45"));
}

TEST(LarsTest, RefusesOptionsOutOfRange) {
  const auto make = [](std::string_view options) {
    return Make<Optimizer>("recipe.Lars", options);
  };
  EXPECT_THAT(make("lr: -1"), FailsWith("lr must be at least 0, got -1"));
  EXPECT_THAT(make("momentum: nan"),
              FailsWith("momentum must be at least 0, got nan"));
  EXPECT_THAT(make("weight_decay: -1"),
              FailsWith("weight_decay must be at least 0, got -1"));
  EXPECT_THAT(make("trust_coefficient: 0"),
              FailsWith("trust_coefficient must be above 0, got 0"));
  EXPECT_THAT(make("eps: 0"), FailsWith("eps must be above 0, got 0"));
}

}  // namespace
}  // namespace toque
