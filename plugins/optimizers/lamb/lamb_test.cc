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
  const auto optimizer = MakeOrDie<Optimizer>("recipe.Lamb", options);
  std::vector<Group> groups(1);
  groups[0].parameters = {{"x", x}};
  groups[0].lr = optimizer->base_lr();
  groups[0].weight_decay_scale = weight_decay_scale;
  EXPECT_OK(optimizer->Attach(&groups));
  x.mutable_grad() = gradient;
  EXPECT_OK(optimizer->Step({}));
  return x;
}

// Algorithm 2 of the paper in NumPy: tests/goldens/optimizers.py
TEST(LambTest, GoesTheWayOfThePaper) {
  ExpectTrajectory("recipe.Lamb", "",
                   {11.0461123447103, 8.99186756230237, -0.5,                //
                    10.9236754697978, 8.83875726608831, -0.494527417664769,  //
                    10.4654982727609, 8.22121517537561, -0.456488070912048});
  ExpectTrajectory(
      "recipe.Lamb",
      "lr: 0.02 weight_decay: 0.3 beta1: 0.8 beta2: 0.99 eps: 0.01",
      {10.8944896974811, 8.8274481316955, -0.5,                //
       8.58608688921054, 6.1039692076259, -0.400365675374898,  //
       5.70223571576103, 1.26167379734372, -0.0795321810255432});
}

// Adam's first step is the gradient's sign.
TEST(LambTest, KeepsAdamsStepInGroupsWithoutDecay) {
  const at::Tensor x =
      StepOnce("lr: 0.5 eps: 0 weight_decay: 0.2", at::tensor({3.0, 4.0}),
               at::tensor({6.0, -8.0}), 0);
  EXPECT_NEAR(x[0].item<double>(), 2.5, 1e-12);
  EXPECT_NEAR(x[1].item<double>(), 4.5, 1e-12);
}

TEST(LambTest, KeepsAdamsStepOfATensorOfZeros) {
  const at::Tensor x = StepOnce("lr: 0.5 eps: 0", at::zeros({1}, at::kDouble),
                                at::tensor({6.0}), 1);
  EXPECT_NEAR(x.item<double>(), -0.5, 1e-12);
}

TEST(LambTest, StandsStillWhereThereIsNothingToStepAlong) {
  const at::Tensor x =
      StepOnce("weight_decay: 0", at::tensor({3.0}), at::tensor({0.0}), 1);
  EXPECT_EQ(x.item<double>(), 3);
}

TEST(LambTest, ScalesBeta1ByTheFactorOfSchedules) {
  EXPECT_EQ(Trajectory("recipe.Lamb", "beta1: 0.9", 0.5),
            Trajectory("recipe.Lamb", "beta1: 0.45"));
}

TEST(LambTest, RefusesOptionsOutOfRange) {
  const auto make = [](std::string_view options) {
    return Make<Optimizer>("recipe.Lamb", options);
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
