#include <cmath>

#include "ATen/ops/cross_entropy_loss.h"
#include "ATen/ops/one_hot.h"
#include "ATen/ops/ones.h"
#include "ATen/ops/tensor.h"
#include "ATen/ops/zeros.h"
#include "framework/core/loss.h"
#include "framework/testing/gradient.h"
#include "framework/testing/loss_goldens.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

at::Tensor Focal(std::string_view options, const at::Tensor& output,
                 const at::Tensor& target) {
  const auto loss = MakeOrDie<Loss>("recipe.Focal", options);
  return loss->Compute({.output = output}, {.target = target});
}
double Value(std::string_view options, const at::Tensor& target) {
  return Focal(options, GoldenLogits(), target).item<double>();
}

constexpr char kWeights[] = "alpha: [1, 2, 0.5, 3]";

TEST(FocalTest, IsCrossEntropyForAGammaOf0) {
  for (const at::Tensor& target : {GoldenClasses(), GoldenSoft()}) {
    EXPECT_NEAR(Value("gamma: 0", target),
                at::cross_entropy_loss(GoldenLogits(), target).item<double>(),
                1e-15);
  }
}

// torch 2.11: tests/goldens/losses.py
TEST(FocalTest, IsThatOfThePaper) {
  EXPECT_NEAR(Value("gamma: 0.5", GoldenClasses()), 0.749179407570025, 1e-14);
  EXPECT_NEAR(Value("", GoldenClasses()), 0.529786977785131, 1e-14);
  EXPECT_NEAR(Value(kWeights, GoldenClasses()), 0.520995550441506, 1e-14);
  EXPECT_NEAR(Value("", GoldenSoft()), 1.31560440329621, 1e-14);
  EXPECT_NEAR(Value("reduction: SUM", GoldenSoft()), 3 * 1.31560440329621,
              1e-14);
}

TEST(FocalTest, TakesAClassForEachPosition) {
  const at::Tensor scores = at::zeros({2, 4, 3, 5}, at::kDouble);
  const at::Tensor classes = at::ones({2, 3, 5}, at::kLong);
  // p = 1/4 everywhere.
  EXPECT_NEAR(Focal("", scores, classes).item<double>(),
              0.75 * 0.75 * std::log(4), 1e-15);
  EXPECT_NEAR(Focal(kWeights, scores, classes).item<double>(),
              2 * 0.75 * 0.75 * std::log(4), 1e-15);
}

TEST(FocalTest, LeavesIgnoredLabelsAndRowsOfZerosOutOfTheMean) {
  const at::Tensor classes = at::tensor({2, -100, 3}, at::kLong);
  const at::Tensor rows =
      at::one_hot(classes.clamp_min(0), 4).mul(classes.ge(0).unsqueeze(1));
  const double sum =
      Value("reduction: SUM", GoldenClasses()) -
      Focal("", GoldenLogits().narrow(0, 1, 1), GoldenClasses().narrow(0, 1, 1))
          .item<double>();
  EXPECT_NEAR(Value("", classes), sum / 2, 1e-14);
  EXPECT_NEAR(Value("", rows), sum / 2, 1e-14);
  EXPECT_EQ(Value("", at::zeros({3, 4})), 0);
}

TEST(FocalTest, HasTheGradientOfItsValues) {
  for (const char* options : {"gamma: 0.5", "gamma: 2", kWeights}) {
    for (const at::Tensor& target : {GoldenClasses(), GoldenSoft()}) {
      const auto loss = [&](const at::Tensor& x) {
        return Focal(options, x, target);
      };
      EXPECT_LT(GradientError(loss, GoldenLogits()), 1e-9) << options;
    }
  }
}

// (1 - p)^0.5 has an infinite slope where p is 1.
TEST(FocalTest, HasAFiniteGradientAtASureExample) {
  const at::Tensor output = at::tensor({100.f, 0.f}).view({1, 2});
  output.set_requires_grad(true);
  Focal("gamma: 0.5", output, at::zeros({1}, at::kLong)).backward();
  EXPECT_TRUE(output.grad().isfinite().all().item<bool>());
}

TEST(FocalTest, RefusesOptionsOutOfRange) {
  EXPECT_THAT(Make<Loss>("recipe.Focal", "gamma: -1"),
              FailsWith("gamma must be at least 0, got -1"));
  EXPECT_THAT(Make<Loss>("recipe.Focal", "alpha: [1, -2]"),
              FailsWith("alpha must be at least 0, got -2"));
  const Context ten = Context().WithDataset({.classes = 10});
  EXPECT_THAT(
      Make<Loss>("recipe.Focal", "alpha: 0.25", ten),
      FailsWith("alpha must have a value for each of the 10 classes, got 1"));
}

}  // namespace
}  // namespace toque
