#include <cmath>
#include <limits>

#include "ATen/ops/tensor.h"
#include "ATen/ops/zeros.h"
#include "framework/core/hook.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// The gradient that a step is taken along.
at::Tensor Clipped(const at::Tensor& gradient, const std::string& options) {
  const auto hook = MakeOrDie<Hook>("recipe.ClipGradValue", options);
  const at::Tensor parameter = at::zeros(gradient.sizes(), gradient.options());
  const at::Tensor unused = at::zeros({2});
  parameter.mutable_grad() = gradient;
  toque::Run run;
  run.groups.resize(1);
  run.groups[0].parameters = {{"unused", unused}, {"used", parameter}};
  EXPECT_OK(hook->BeforeStep(run));
  EXPECT_FALSE(unused.grad().defined());
  return parameter.grad();
}

TEST(ClipGradValueTest, BringsEachElementIntoTheRange) {
  EXPECT_TRUE(Clipped(at::tensor({-3.0, -0.5, 0.0, 0.5, 3.0}), "max_value: 0.5")
                  .equal(at::tensor({-0.5, -0.5, 0.0, 0.5, 0.5})));
  EXPECT_TRUE(Clipped(at::tensor({-kInfinity, kInfinity}), "max_value: 2")
                  .equal(at::tensor({-2.0, 2.0})));
}

TEST(ClipGradValueTest, LeavesNanAsItIs) {
  const at::Tensor gradient =
      Clipped(at::tensor({std::nan(""), 9.0}), "max_value: 2");
  EXPECT_TRUE(std::isnan(gradient[0].item<double>()));
  EXPECT_EQ(gradient[1].item<double>(), 2);
}

TEST(ClipGradValueTest, RefusesOptionsOutOfRange) {
  EXPECT_THAT(Make<Hook>("recipe.ClipGradValue"),
              FailsWith("max_value must be given"));
  EXPECT_THAT(Make<Hook>("recipe.ClipGradValue", "max_value: 0"),
              FailsWith("max_value must be above 0, got 0"));
  EXPECT_THAT(Make<Hook>("recipe.ClipGradValue", "max_value: nan"),
              FailsWith("max_value must be above 0, got nan"));
}

}  // namespace
}  // namespace toque
