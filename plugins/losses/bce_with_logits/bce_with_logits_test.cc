#include <cmath>

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

at::Tensor BceWithLogits(std::string_view options, const at::Tensor& output,
                         const at::Tensor& target) {
  const auto loss = MakeOrDie<Loss>("recipe.BceWithLogits", options);
  return loss->Compute({.output = output}, {.target = target});
}
double Value(std::string_view options, const at::Tensor& target) {
  return BceWithLogits(options, GoldenLogits(), target).item<double>();
}

constexpr char kWeights[] = "pos_weight: [1, 2, 0.5, 3]";

// torch 2.11: tests/goldens/losses.py
TEST(BceWithLogitsTest, IsThatOfPyTorch) {
  EXPECT_NEAR(Value("", GoldenSoft()), 0.934047382147741, 1e-15);
  EXPECT_NEAR(Value("reduction: SUM", GoldenSoft()), 11.2085685857729, 1e-13);
  EXPECT_NEAR(Value(kWeights, GoldenSoft()), 0.971117898030712, 1e-15);
}

TEST(BceWithLogitsTest, TakesClassesAsOneYesAmongNos) {
  // torch 2.11: tests/goldens/losses.py
  EXPECT_NEAR(Value("", GoldenClasses()), 0.725714048814408, 1e-15);
  for (const char* options : {"reduction: SUM", kWeights}) {
    EXPECT_NEAR(Value(options, GoldenClasses()),
                Value(options, at::one_hot(GoldenClasses(), 4)), 1e-14);
  }
}

TEST(BceWithLogitsTest, LeavesIgnoredLabelsOutOfTheMean) {
  const at::Tensor classes = at::tensor({2, -100, 3}, at::kLong);
  const at::Tensor picked = at::tensor({0, 2}, at::kLong);
  EXPECT_NEAR(Value("", classes),
              BceWithLogits("", GoldenLogits().index_select(0, picked),
                            classes.index_select(0, picked))
                  .item<double>(),
              1e-15);
}

TEST(BceWithLogitsTest, CountsARowOfZerosAsANoToEveryClass) {
  const at::Tensor scores = at::zeros({1, 4}, at::kDouble);
  EXPECT_NEAR(BceWithLogits("", scores, at::zeros({1, 4})).item<double>(),
              std::log(2), 1e-15);
}

TEST(BceWithLogitsTest, TakesOneScoreAnExampleAndPositions) {
  const at::Tensor yes = at::ones({5}, at::kLong);
  EXPECT_NEAR(BceWithLogits("pos_weight: 3", at::zeros({5}, at::kDouble), yes)
                  .item<double>(),
              3 * std::log(2), 1e-15);
  // Of class 1 alone, whose yes weighs 2, and three times a no.
  const at::Tensor scores = at::zeros({2, 4, 3, 5}, at::kDouble);
  const at::Tensor classes = at::ones({2, 3, 5}, at::kLong);
  EXPECT_NEAR(BceWithLogits(kWeights, scores, classes).item<double>(),
              (2 + 3) * std::log(2) / 4, 1e-15);
}

TEST(BceWithLogitsTest, HasTheGradientOfItsValues) {
  for (const at::Tensor& target : {GoldenClasses(), GoldenSoft()}) {
    const auto loss = [&](const at::Tensor& x) {
      return BceWithLogits(kWeights, x, target);
    };
    EXPECT_LT(GradientError(loss, GoldenLogits()), 1e-9);
  }
}

TEST(BceWithLogitsTest, RefusesWhatDoesNotFit) {
  EXPECT_THROW(Value("pos_weight: [1, 2]", GoldenSoft()), c10::Error);
  EXPECT_THROW(Value("", at::ones({3, 1})), c10::Error);
  EXPECT_THROW(Value("", at::ones({2}, at::kLong)), c10::Error);
  EXPECT_THAT(Make<Loss>("recipe.BceWithLogits", "pos_weight: -1"),
              FailsWith("pos_weight must be at least 0, got -1"));
}

}  // namespace
}  // namespace toque
