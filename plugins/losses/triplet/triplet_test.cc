#include "ATen/ops/cat.h"
#include "ATen/ops/ones.h"
#include "ATen/ops/tensor.h"
#include "ATen/ops/zeros.h"
#include "framework/core/loss.h"
#include "framework/testing/gradient.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

constexpr const char* kMinings[] = {"mining: BATCH_HARD", "mining: BATCH_ALL"};

// Of tests/goldens/losses.py.
at::Tensor Points() {
  return at::tensor({0.1, 0.2, 0.5, -0.3, -0.4, 0.9, 0.8, 0.7, 0.0, -0.6})
      .view({5, 2});
}
// The last has no other of its class.
at::Tensor Labels() { return at::tensor({0, 0, 1, 1, 2}, at::kLong); }

at::Tensor Triplet(std::string_view options, const at::Tensor& output,
                   const at::Tensor& labels) {
  const auto loss = MakeOrDie<Loss>("recipe.Triplet", options);
  return loss->Compute({.output = output}, {.target = labels});
}
double Value(std::string_view options, const at::Tensor& output = Points(),
             const at::Tensor& labels = Labels()) {
  return Triplet(options, output, labels).item<double>();
}

// torch 2.11: tests/goldens/losses.py, by loops over all triplets.
TEST(TripletTest, IsThatOfThePapers) {
  EXPECT_NEAR(Value(""), 0.350985960470737, 1e-15);
  EXPECT_NEAR(Value("margin: 1"), 1.15098596047074, 1e-14);
  EXPECT_NEAR(Value("mining: BATCH_ALL"), 0.355293139410307, 1e-15);
  EXPECT_NEAR(Value("mining: BATCH_ALL margin: 1"), 0.845335498669221, 1e-15);
}

// Places on a line; |a - p| - |a - n| + 0.5.
TEST(TripletTest, CountsEasyAnchorsInTheMeanOfHardOnesAlone) {
  const at::Tensor places = at::tensor({0., 1., 1.5, 4.}).view({4, 1});
  const at::Tensor labels = at::tensor({0, 0, 1, 1}, at::kLong);
  // 1 - 1.5, 1 - 0.5, 2.5 - 0.5, 2.5 - 3.
  EXPECT_DOUBLE_EQ(Value("margin: 0.5", places, labels), (0 + 1 + 2.5 + 0) / 4);
  // Above 0 besides: 1.5 to 4 against 0, 2.5 - 1.5.
  EXPECT_DOUBLE_EQ(Value("margin: 0.5 mining: BATCH_ALL", places, labels),
                   (1 + 2.5 + 1.5) / 3);
}

TEST(TripletTest, Is0WithoutATriplet) {
  const at::Tensor one_class = at::zeros({5}, at::kLong);
  const at::Tensor all_classes = at::tensor({0, 1, 2, 3, 4}, at::kLong);
  for (const char* mining : kMinings) {
    for (const at::Tensor& labels : {one_class, all_classes}) {
      const at::Tensor points = Points().set_requires_grad(true);
      const at::Tensor loss = Triplet(mining, points, labels);
      EXPECT_EQ(loss.item<double>(), 0);
      loss.backward();
      EXPECT_TRUE(points.grad().equal(at::zeros({5, 2}, at::kDouble)));
    }
  }
}

TEST(TripletTest, LeavesIgnoredLabelsOut) {
  const at::Tensor points = at::cat({Points(), at::ones({2, 2}, at::kDouble)});
  const at::Tensor labels =
      at::cat({Labels(), at::tensor({-100, -100}, at::kLong)});
  for (const char* options : kMinings) {
    EXPECT_NEAR(Value(options, points, labels), Value(options), 1e-15);
  }
}

TEST(TripletTest, HasTheGradientOfItsValues) {
  for (const char* options : kMinings) {
    const auto loss = [&](const at::Tensor& x) {
      return Triplet(options, x, Labels());
    };
    EXPECT_LT(GradientError(loss, Points()), 1e-9) << options;
  }
}

// Decision Q27 of the recipes.
TEST(TripletTest, HasAFiniteGradientAtEqualPoints) {
  for (const char* options : kMinings) {
    const at::Tensor points = at::ones({5, 2}).set_requires_grad(true);
    Triplet(options, points, Labels()).backward();
    EXPECT_TRUE(points.grad().equal(at::zeros({5, 2}))) << options;
  }
}

TEST(TripletTest, RefusesWhatDoesNotFit) {
  EXPECT_THROW(Value("", at::ones({5})), c10::Error);
  EXPECT_THROW(Value("", Points(), at::ones({5, 2})), c10::Error);
  EXPECT_THAT(Make<Loss>("recipe.Triplet", "margin: 0"),
              FailsWith("margin must be above 0, got 0"));
}

TEST(TripletTest, TakesNoSoftTarget) {
  EXPECT_FALSE(MakeOrDie<Loss>("recipe.Triplet")->TakesSoftTarget());
}

}  // namespace
}  // namespace toque
