#include "ATen/ops/ones.h"
#include "ATen/ops/tensor.h"
#include "ATen/ops/zeros.h"
#include "framework/core/loss.h"
#include "framework/shared/soft_target.h"
#include "framework/testing/gradient.h"
#include "framework/testing/loss_goldens.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

at::Tensor Dice(std::string_view options, const at::Tensor& output,
                const at::Tensor& target) {
  const auto loss = MakeOrDie<Loss>("recipe.Dice", options);
  return loss->Compute({.output = output}, {.target = target});
}
double Value(std::string_view options, const at::Tensor& target) {
  return Dice(options, GoldenLogits(), target).item<double>();
}

constexpr char kWeights[] = "smooth: 0.1 weight: [1, 2, 0.5, 3]";

// torch 2.11: tests/goldens/losses.py
TEST(DiceTest, IsOneLessTheOverlapOfClasses) {
  EXPECT_NEAR(Value("", GoldenClasses()), 0.306741372548877, 1e-15);
  EXPECT_NEAR(Value("", GoldenSoft()), 0.430351858326764, 1e-15);
  EXPECT_NEAR(Value(kWeights, GoldenClasses()), 0.507099959968817, 1e-15);
}

TEST(DiceTest, IsTheSameForPositionsOfOnePictureAndForExamples) {
  // [3, 4] as one picture of 1 x 3 positions: [1, 4, 1, 3].
  const at::Tensor picture = GoldenLogits().t().reshape({1, 4, 1, 3});
  EXPECT_NEAR(Dice("", picture, GoldenClasses().view({1, 1, 3})).item<double>(),
              Value("", GoldenClasses()), 1e-15);
}

TEST(DiceTest, Is0WhereAllIsRightAndNear1WhereAllIsWrong) {
  const at::Tensor sure = OneHotRows(GoldenClasses(), 4, at::kDouble).mul(100);
  EXPECT_NEAR(Dice("", sure, GoldenClasses()).item<double>(), 0, 1e-15);
  const at::Tensor wrong = GoldenClasses().add(1).remainder(4);
  EXPECT_NEAR(Dice("smooth: 1e-9", sure, wrong).item<double>(), 1, 1e-8);
}

TEST(DiceTest, LeavesIgnoredLabelsAndRowsOfZerosOut) {
  const at::Tensor classes = at::tensor({2, -100, 3}, at::kLong);
  const at::Tensor picked = at::tensor({0, 2}, at::kLong);
  const double expected = Dice("", GoldenLogits().index_select(0, picked),
                               classes.index_select(0, picked))
                              .item<double>();
  EXPECT_NEAR(Value("", classes), expected, 1e-15);
  EXPECT_NEAR(Value("", OneHotRows(classes, 4, at::kFloat)), expected, 1e-15);
}

TEST(DiceTest, HasTheGradientOfItsValues) {
  for (const at::Tensor& target : {GoldenClasses(), GoldenSoft()}) {
    const auto loss = [&](const at::Tensor& x) {
      return Dice(kWeights, x, target);
    };
    EXPECT_LT(GradientError(loss, GoldenLogits()), 1e-9);
  }
}

TEST(DiceTest, RefusesOptionsOutOfRange) {
  EXPECT_THAT(Make<Loss>("recipe.Dice", "smooth: 0"),
              FailsWith("smooth must be above 0, got 0"));
  EXPECT_THAT(Make<Loss>("recipe.Dice", "weight: -1"),
              FailsWith("weight must be at least 0, got -1"));
}

}  // namespace
}  // namespace toque
