#include "ATen/ops/arange.h"
#include "ATen/ops/tensor.h"
#include "ATen/ops/zeros_like.h"
#include "framework/core/hook.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

// The gradient that a step is taken along.
at::Tensor Centralized(const at::Tensor& gradient,
                       const std::string& options = "") {
  const auto hook = MakeOrDie<Hook>("recipe.GradientCentralization", options);
  const at::Tensor parameter = at::zeros_like(gradient);
  const at::Tensor unused = at::zeros_like(gradient);
  parameter.mutable_grad() = gradient.clone();
  toque::Run run;
  run.groups.resize(1);
  run.groups[0].parameters = {{"unused", unused}, {"used", parameter}};
  EXPECT_OK(hook->BeforeStep(run));
  EXPECT_FALSE(unused.grad().defined());
  return parameter.grad();
}

TEST(GradientCentralizationTest, TakesTheMeanOfEachUnitFromALinearLayer) {
  const at::Tensor gradient = at::tensor({1.0, 2.0, 6.0,  //
                                          -1.0, 0.0, 1.0})
                                  .view({2, 3});
  const at::Tensor expected = at::tensor({-2.0, -1.0, 3.0,  //
                                          -1.0, 0.0, 1.0})
                                  .view({2, 3});
  EXPECT_TRUE(Centralized(gradient).equal(expected));
}

// Consecutive numbers: 12 of them to each unit, 5.5 above its first.
TEST(GradientCentralizationTest, TakesTheMeanOfEachUnitFromAConvolution) {
  const at::Tensor gradient = at::arange(24, at::kDouble).view({2, 3, 2, 2});
  const at::Tensor unit = at::arange(12, at::kDouble).sub(5.5);
  const at::Tensor centralized = Centralized(gradient);
  EXPECT_TRUE(centralized[0].flatten().equal(unit));
  EXPECT_TRUE(centralized[1].flatten().equal(unit));
  EXPECT_EQ(centralized.sizes(), gradient.sizes());
}

TEST(GradientCentralizationTest, LeavesBiasesAsTheyAre) {
  const at::Tensor bias = at::tensor({1.0, 2.0, 6.0});
  EXPECT_TRUE(Centralized(bias).equal(bias));
}

TEST(GradientCentralizationTest, LeavesLinearLayersWhereConvolutionsAreAsked) {
  const at::Tensor linear = at::arange(6, at::kDouble).view({2, 3});
  EXPECT_TRUE(Centralized(linear, "layers: CONVOLUTIONS").equal(linear));
  const at::Tensor convolution = linear.view({2, 1, 3});
  EXPECT_TRUE(Centralized(convolution, "layers: CONVOLUTIONS")
                  .flatten()
                  .equal(at::tensor({-1.0, 0.0, 1.0, -1.0, 0.0, 1.0})));
}

}  // namespace
}  // namespace toque
