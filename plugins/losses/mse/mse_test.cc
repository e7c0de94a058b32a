#include "ATen/ops/ones.h"
#include "ATen/ops/tensor.h"
#include "framework/core/loss.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

double Mse(std::string_view options, const at::Tensor& output,
           const at::Tensor& target) {
  const auto loss = MakeOrDie<Loss>("recipe.Mse", options);
  return loss->Compute({.output = output}, {.target = target}).item<double>();
}

const std::vector<double> kOutput = {1, 2, 4, 8};

TEST(MseTest, IsTheMeanOfSquaredDifferences) {
  EXPECT_DOUBLE_EQ(Mse("", at::tensor(kOutput), at::tensor({2., 2., 2., 2.})),
                   (1 + 0 + 4 + 36) / 4.);
}

TEST(MseTest, IsTheirSumWhereAsked) {
  EXPECT_DOUBLE_EQ(
      Mse("reduction: SUM", at::tensor(kOutput), at::tensor({2., 2., 2., 2.})),
      41);
}

TEST(MseTest, TakesWholeNumbersAsTarget) {
  const at::Tensor target = at::tensor({2, 2, 2, 2}, at::kLong);
  EXPECT_DOUBLE_EQ(Mse("", at::tensor(kOutput), target), 41 / 4.);
}

TEST(MseTest, HasTheGradientOfASquare) {
  const auto loss = MakeOrDie<Loss>("recipe.Mse");
  const at::Tensor output = at::tensor(kOutput).set_requires_grad(true);
  loss->Compute({.output = output}, {.target = at::tensor({2., 2., 2., 2.})})
      .backward();
  // 2 (output - target) / 4.
  EXPECT_TRUE(output.grad().equal(at::tensor({-0.5, 0., 1., 3.})));
}

// Recipe R94: [4] against [4, 1] would silently compare all pairs.
TEST(MseTest, RefusesShapesThatWouldBroadcast) {
  try {
    Mse("", at::ones({4}), at::ones({4, 1}));
    FAIL() << "was accepted";
  } catch (const c10::Error& error) {
    EXPECT_STREQ(error.what_without_backtrace(),
                 "output and target must have the same shape, got [4] and "
                 "[4, 1]");
  }
}

}  // namespace
}  // namespace toque
