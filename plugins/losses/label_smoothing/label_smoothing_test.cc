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

using testing::ElementsAre;

constexpr const char* kModes[] = {"mode: UNIFORM ", "mode: OTHERS ",
                                  "mode: ADDED "};

at::Tensor LabelSmoothing(std::string_view options, const at::Tensor& output,
                          const at::Tensor& target) {
  const auto loss = MakeOrDie<Loss>("recipe.LabelSmoothing", options);
  return loss->Compute({.output = output}, {.target = target});
}
double Value(std::string_view options,
             const at::Tensor& target = GoldenClasses()) {
  return LabelSmoothing(options, GoldenLogits(), target).item<double>();
}

// What class 1 of four becomes. With even scores the gradient is a quarter of
// the row's sum, less the row.
std::vector<double> Row(std::string_view mode, double sum) {
  const at::Tensor output =
      at::zeros({1, 4}, at::kDouble).set_requires_grad(true);
  LabelSmoothing(mode, output, at::tensor({1}, at::kLong)).backward();
  const at::Tensor row = output.grad().neg().add(sum / 4);
  const double* values = row.const_data_ptr<double>();
  return {values, values + 4};
}
auto Near(double value) { return testing::DoubleNear(value, 1e-15); }

// Decision Q1 of the recipes.
TEST(LabelSmoothingTest, SoftensARowAsItsModeSays) {
  EXPECT_THAT(Row("", 1),
              ElementsAre(Near(0.025), Near(0.925), Near(0.025), Near(0.025)));
  EXPECT_THAT(
      Row("mode: OTHERS", 1),
      ElementsAre(Near(0.1 / 3), Near(0.9), Near(0.1 / 3), Near(0.1 / 3)));
  EXPECT_THAT(Row("mode: ADDED", 1 + 0.1 / 3),
              ElementsAre(Near(0.1 / 3), Near(0.9 + 0.1 / 3), Near(0.1 / 3),
                          Near(0.1 / 3)));
}

// torch 2.11: tests/goldens/losses.py, which spells the recipes out.
TEST(LabelSmoothingTest, IsThatOfTheRecipes) {
  EXPECT_NEAR(Value(""), 1.0089670566819, 1e-13);
  EXPECT_NEAR(Value("mode: OTHERS"), 1.04785594557078, 1e-13);
  EXPECT_NEAR(Value("mode: ADDED"), 1.07759929190463, 1e-13);
}

// 0.9 of four classes in mode OTHERS is 1.2 to LibTorch, which takes up to 1.
TEST(LabelSmoothingTest, IsThatOfTheRecipesForALargeEpsilon) {
  EXPECT_NEAR(Value("epsilon: 0.9"), 1.94230039001523, 1e-13);
  EXPECT_NEAR(Value("epsilon: 0.9 mode: OTHERS"), 2.29230039001523, 1e-13);
  EXPECT_NEAR(Value("epsilon: 0.9 mode: ADDED"), 2.5599905070198, 1e-13);
}

// torch 2.11: tests/goldens/losses.py
TEST(LabelSmoothingTest, WeighsIgnoresAndReducesAsPyTorch) {
  EXPECT_NEAR(Value("weight: [1, 2, 0.5, 3] ignore_index: 0"),
              0.387136416408517, 1e-14);
  EXPECT_NEAR(Value("reduction: SUM"), 3.02690117004569, 1e-13);
  EXPECT_NEAR(Value("weight: [1, 2, 0.5, 3]", GoldenSoft()), 2.22787347343172,
              1e-13);
}

// Recipe R59: PyTorch's own at epsilon C / (C - 1).
TEST(LabelSmoothingTest, OfOthersIsUniformWithAGreaterEpsilon) {
  EXPECT_NEAR(Value("mode: OTHERS epsilon: 0.3"),
              Value("mode: UNIFORM epsilon: 0.4"), 1e-15);
}

TEST(LabelSmoothingTest, IsCrossEntropyForAnEpsilonOf0) {
  const at::Tensor expected =
      at::cross_entropy_loss(GoldenLogits(), GoldenClasses());
  for (const std::string mode : kModes) {
    EXPECT_TRUE(
        LabelSmoothing(mode + "epsilon: 0", GoldenLogits(), GoldenClasses())
            .equal(expected));
  }
}

TEST(LabelSmoothingTest, SoftensSoftTargetsAlike) {
  for (const std::string mode : kModes) {
    for (const std::string epsilon : {"epsilon: 0.1", "epsilon: 0.9"}) {
      EXPECT_NEAR(Value(mode + epsilon, at::one_hot(GoldenClasses(), 4)),
                  Value(mode + epsilon), 1e-14);
    }
  }
}

// Decision Q6 of the recipes: a batch transform makes rows of zeros of examples
// that count for nothing.
TEST(LabelSmoothingTest, LeavesRowsOfZerosOutOfTheMean) {
  const at::Tensor classes = at::tensor({2, -100, 3}, at::kLong);
  const at::Tensor rows =
      at::one_hot(classes.clamp_min(0), 4).mul(classes.ge(0).unsqueeze(1));
  for (const char* mode : kModes) {
    EXPECT_NEAR(Value(mode, rows), Value(mode, classes), 1e-14);
    EXPECT_EQ(Value(mode, at::zeros({3, 4})), 0);
  }
}

// The loader lets labels of -100 through whatever the option says, and no soft
// target can tell which class is to be left out.
TEST(LabelSmoothingTest, LeavesOutLabelsBelow0WhateverClassIsIgnored) {
  const at::Tensor classes = at::tensor({2, -100, 3}, at::kLong);
  EXPECT_EQ(Value("ignore_index: -1", classes), Value("", classes));
  EXPECT_EQ(Value("ignore_index: 2", classes),
            Value("", at::tensor({-100, -100, 3}, at::kLong)));
}

TEST(LabelSmoothingTest, TakesLabelsAloneWhereAClassIsIgnored) {
  const auto takes = [](std::string_view options) {
    return MakeOrDie<Loss>("recipe.LabelSmoothing", options)->TakesSoftTarget();
  };
  EXPECT_TRUE(takes(""));
  EXPECT_TRUE(takes("ignore_index: -1"));
  EXPECT_FALSE(takes("ignore_index: 0"));
}

TEST(LabelSmoothingTest, NamesTheShapeOfASoftTargetOfOtherClasses) {
  EXPECT_THAT(
      [] {
        Value("", at::ones({3, 5}));
      },
      testing::ThrowsMessage<c10::Error>(testing::AllOf(
          testing::HasSubstr("[3, 4]"), testing::HasSubstr("[3, 5]"))));
}

TEST(LabelSmoothingTest, HasTheGradientOfItsValuesInEveryMode) {
  for (const std::string mode : kModes) {
    for (const std::string epsilon : {"epsilon: 0.1", "epsilon: 0.9"}) {
      for (const at::Tensor& target : {GoldenClasses(), GoldenSoft()}) {
        const auto loss = [&](const at::Tensor& x) {
          return LabelSmoothing(mode + epsilon, x, target);
        };
        EXPECT_LT(GradientError(loss, GoldenLogits()), 1e-9) << mode << epsilon;
      }
    }
  }
}

TEST(LabelSmoothingTest, RefusesASingleClassWhereTheShareGoesToOthers) {
  const at::Tensor output = at::ones({2, 1}, at::kDouble);
  const at::Tensor target = at::zeros({2}, at::kLong);
  EXPECT_EQ(LabelSmoothing("", output, target).item<double>(), 0);
  EXPECT_THROW(LabelSmoothing("mode: OTHERS", output, target), c10::Error);
  EXPECT_THROW(LabelSmoothing("mode: ADDED", output, target), c10::Error);
}

TEST(LabelSmoothingTest, RefusesShapesThatDoNotFit) {
  EXPECT_THROW(Value("", at::ones({3, 1}, at::kLong)), c10::Error);
  EXPECT_THROW(Value("", at::ones({2}, at::kLong)), c10::Error);
  EXPECT_THROW(LabelSmoothing("", at::ones({3}), at::ones({3})), c10::Error);
}

TEST(LabelSmoothingTest, RefusesOptionsOutOfRange) {
  const auto make = [](std::string_view options, int64_t classes) {
    return Make<Loss>("recipe.LabelSmoothing", options,
                      Context().WithDataset({.classes = classes}));
  };
  EXPECT_THAT(make("epsilon: 1", 0),
              FailsWith("epsilon must be at least 0 and below 1, got 1"));
  EXPECT_THAT(make("epsilon: -0.1", 0),
              FailsWith("epsilon must be at least 0 and below 1, got -0.1"));
  EXPECT_THAT(make("epsilon: nan", 0), FailsWith("got nan"));
  EXPECT_THAT(make("weight: [-2]", 0),
              FailsWith("weight must be at least 0, got -2"));
  EXPECT_THAT(make("weight: [1, 2]", 10),
              FailsWith("weight must have a value for each of the 10 classes, "
                        "got 2"));
}

}  // namespace
}  // namespace toque
