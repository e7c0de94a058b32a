#include "ATen/ops/ones.h"
#include "ATen/ops/tensor.h"
#include "framework/core/loss.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

double Huber(std::string_view options, const at::Tensor& output,
             const at::Tensor& target) {
  const auto loss = MakeOrDie<Loss>("recipe.Huber", options);
  return loss->Compute({.output = output}, {.target = target}).item<double>();
}

// Differences -3, -1, 0.5, 2.
at::Tensor Output() { return at::tensor({-3., 1., 2.5, 8.}); }
at::Tensor Target() { return at::tensor({0., 2., 2., 6.}); }

TEST(HuberTest, IsHalfASquareUpToDeltaAndALineBeyond) {
  // 3 - 1/2, 1/2, 0.125, 2 - 1/2.
  EXPECT_DOUBLE_EQ(Huber("", Output(), Target()), 4.625 / 4);
  // 2 * (3 - 1), 1/2, 0.125, 2.
  EXPECT_DOUBLE_EQ(Huber("delta: 2", Output(), Target()), 6.625 / 4);
}

TEST(HuberTest, IsTheSumWhereAsked) {
  EXPECT_DOUBLE_EQ(Huber("reduction: SUM", Output(), Target()), 4.625);
}

TEST(HuberTest, TakesWholeNumbersAsTarget) {
  EXPECT_DOUBLE_EQ(Huber("", Output(), Target().to(at::kLong)),
                   Huber("", Output(), Target()));
}

TEST(HuberTest, HasAGradientOfAtMostDelta) {
  const auto loss = MakeOrDie<Loss>("recipe.Huber", "delta: 2 reduction: SUM");
  const at::Tensor output = Output().set_requires_grad(true);
  loss->Compute({.output = output}, {.target = Target()}).backward();
  EXPECT_TRUE(output.grad().equal(at::tensor({-2., -1., 0.5, 2.})));
}

TEST(HuberTest, RefusesShapesThatWouldBroadcast) {
  EXPECT_THROW(Huber("", at::ones({4}), at::ones({4, 1})), c10::Error);
}

TEST(HuberTest, RefusesADeltaThatIsNotAbove0) {
  EXPECT_THAT(Make<Loss>("recipe.Huber", "delta: 0"),
              FailsWith("here: recipe.Huber: delta must be above 0, got 0"));
  EXPECT_THAT(Make<Loss>("recipe.Huber", "delta: nan"), FailsWith("got nan"));
}

}  // namespace
}  // namespace toque
