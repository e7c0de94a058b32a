#include "ATen/ops/cat.h"
#include "ATen/ops/ones.h"
#include "ATen/ops/tensor.h"
#include "ATen/ops/zeros.h"
#include "framework/core/loss.h"
#include "framework/testing/gradient.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

constexpr const char* kMargins[] = {"margin: 1", "margin: 2"};

// Of tests/goldens/losses.py.
at::Tensor Points() {
  return at::tensor({0.1, 0.2, 0.5, -0.3, -0.4, 0.9, 0.8, 0.7, 0.0, -0.6})
      .view({5, 2});
}
// The last has no other of its class.
at::Tensor Labels() { return at::tensor({0, 0, 1, 1, 2}, at::kLong); }

at::Tensor Contrastive(std::string_view options, const at::Tensor& output,
                       const at::Tensor& labels) {
  const auto loss = MakeOrDie<Loss>("recipe.Contrastive", options);
  return loss->Compute({.output = output}, {.target = labels});
}
double Value(std::string_view options, const at::Tensor& output = Points(),
             const at::Tensor& labels = Labels()) {
  return Contrastive(options, output, labels).item<double>();
}

// torch 2.11: tests/goldens/losses.py, by a loop over all pairs.
TEST(ContrastiveTest, IsThatOfThePaper) {
  EXPECT_NEAR(Value(""), 0.107021398227709, 1e-15);
  EXPECT_NEAR(Value("margin: 2"), 0.475466421902532, 1e-15);
}

TEST(ContrastiveTest, PushesNoPairFartherThanTheMargin) {
  const at::Tensor places = at::tensor({0., 3.}).view({2, 1});
  const auto value = [&](const char* options, int64_t other) {
    return Value(options, places, at::tensor({int64_t{0}, other}));
  };
  EXPECT_DOUBLE_EQ(value("margin: 3", 1), 0);
  EXPECT_DOUBLE_EQ(value("margin: 5", 1), 2 * 2 / 2.);
  EXPECT_DOUBLE_EQ(value("margin: 5", 0), 3 * 3 / 2.);
}

TEST(ContrastiveTest, Is0WithoutAPair) {
  EXPECT_EQ(Value("", Points().narrow(0, 0, 1), Labels().narrow(0, 0, 1)), 0);
}

TEST(ContrastiveTest, LeavesIgnoredLabelsOut) {
  const at::Tensor points = at::cat({Points(), at::ones({2, 2}, at::kDouble)});
  const at::Tensor labels =
      at::cat({Labels(), at::tensor({-100, -100}, at::kLong)});
  for (const char* options : kMargins) {
    EXPECT_NEAR(Value(options, points, labels), Value(options), 1e-15);
  }
}

TEST(ContrastiveTest, HasTheGradientOfItsValues) {
  for (const char* options : kMargins) {
    const auto loss = [&](const at::Tensor& x) {
      return Contrastive(options, x, Labels());
    };
    EXPECT_LT(GradientError(loss, Points()), 1e-9) << options;
  }
}

// Decision Q27 of the recipes.
TEST(ContrastiveTest, HasAFiniteGradientAtEqualPoints) {
  for (const char* options : kMargins) {
    const at::Tensor points = at::ones({5, 2}).set_requires_grad(true);
    Contrastive(options, points, Labels()).backward();
    EXPECT_TRUE(points.grad().equal(at::zeros({5, 2}))) << options;
  }
}

TEST(ContrastiveTest, RefusesWhatDoesNotFit) {
  EXPECT_THROW(Value("", at::ones({5})), c10::Error);
  EXPECT_THROW(Value("", Points(), at::ones({5, 2})), c10::Error);
  EXPECT_THAT(Make<Loss>("recipe.Contrastive", "margin: -1"),
              FailsWith("margin must be above 0, got -1"));
}

}  // namespace
}  // namespace toque
