#include <cmath>
#include <limits>

#include "ATen/ops/arange.h"
#include "ATen/ops/full.h"
#include "ATen/ops/tensor.h"
#include "ATen/ops/zeros.h"
#include "framework/core/hook.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

using testing::FloatNear;
using testing::Pointwise;

constexpr float kInfinity = std::numeric_limits<float>::infinity();

// A device's way of clipping, whose operators work on tensors of the CPU too,
// and the CPU's own.
class ClipGradNormTest : public testing::TestWithParam<at::DeviceType> {
 protected:
  void SetUp() override {
    run_.device = at::Device(GetParam());
    run_.groups.resize(2);
    run_.groups[0].parameters = {{"first", first_}, {"unused", at::zeros({9})}};
    run_.groups[1].parameters = {{"second", second_}};
  }

  void Use(const std::string& options) {
    hook_ = MakeOrDie<Hook>("recipe.ClipGradNorm", options);
  }
  // Takes a step whose second gradient is this.
  absl::Status Step(std::vector<float> gradient) {
    if (has_first_) {
      first_.mutable_grad() = at::arange(-2, 4, at::kFloat).view({2, 3});
    }
    second_.mutable_grad() = at::tensor(gradient);
    run_.found_inf.reset();
    const absl::Status status = hook_->BeforeStep(run_);
    ++run_.progress.step;
    return status;
  }
  // Whether the error of a step comes in it or at the log interval's end.
  absl::Status StepAndLog(std::vector<float> gradient) {
    RETURN_IF_ERROR(Step(std::move(gradient)));
    return hook_->Report(run_);
  }
  std::vector<float> Gradients() const {
    std::vector<float> all;
    for (const at::Tensor& own : {first_.grad(), second_.grad()}) {
      const float* values = own.const_data_ptr<float>();
      all.insert(all.end(), values, values + own.numel());
    }
    return all;
  }
  bool Skipped() const {
    return run_.found_inf.defined() && run_.found_inf.item<double>() != 0;
  }
  double Norm() const { return run_.metrics.at("grad_norm/train"); }

  const at::Tensor first_ = at::zeros({2, 3});
  const at::Tensor second_ = at::zeros({2});
  bool has_first_ = true;
  toque::Run run_;
  std::unique_ptr<Hook> hook_;
};
INSTANTIATE_TEST_SUITE_P(Devices, ClipGradNormTest,
                         testing::Values(at::kCPU, at::kCUDA));

TEST_P(ClipGradNormTest, LimitsTheNormOfAllGradientsTogether) {
  has_first_ = false;
  Use("max_norm: 20");
  ASSERT_OK(StepAndLog({30, 40}));
  EXPECT_NEAR(second_.grad()[0].item<double>(), 12, 1e-5);
  EXPECT_NEAR(second_.grad()[1].item<double>(), 16, 1e-5);
  EXPECT_NEAR(Norm(), 50, 1e-5);
  ASSERT_OK(StepAndLog({3, 4}));
  EXPECT_TRUE(second_.grad().equal(at::tensor({3.0f, 4.0f})));
  EXPECT_NEAR(Norm(), 5, 1e-6);
}

// torch 2.11: tests/goldens/regularisation.py
TEST_P(ClipGradNormTest, ClipsAsPyTorchForEachTypeOfNorm) {
  const std::vector<std::pair<std::string, std::vector<float>>> goldens = {
      {"1",
       {79, -0.506329119f, -0.25316456f, 0, 0.25316456f, 0.506329119f,
        0.759493709f, 7.59493685f, 10.1265821f}},
      {"2",
       {50.18964f, -0.796977222f, -0.398488611f, 0, 0.398488611f, 0.796977222f,
        1.1954658f, 11.9546585f, 15.9395447f}},
      {"3",
       {44.9868393f, -0.889148951f, -0.444574475f, 0, 0.444574475f,
        0.889148951f, 1.33372343f, 13.3372345f, 17.7829781f}},
      {"inf", {40, -1, -0.5, 0, 0.5, 1, 1.5, 15, 20}}};
  for (const auto& [type, golden] : goldens) {
    SCOPED_TRACE(type);
    Use("max_norm: 20 norm_type: " + type);
    ASSERT_OK(StepAndLog({30, 40}));
    std::vector<float> found = Gradients();
    found.insert(found.begin(), static_cast<float>(Norm()));
    EXPECT_THAT(found, Pointwise(FloatNear(1e-5f), golden));
  }
}

TEST_P(ClipGradNormTest, PublishesTheMeanOfTheNormsOfALogInterval) {
  has_first_ = false;
  Use("max_norm: inf");
  ASSERT_OK(Step({3, 4}));
  ASSERT_OK(Step({30, 40}));
  ASSERT_OK(hook_->Report(run_));
  EXPECT_NEAR(Norm(), (5 + 50) / 2.0, 1e-5);
  EXPECT_TRUE(second_.grad().equal(at::tensor({30.0f, 40.0f})));
  run_.phase = Phase::kEvaluate;
  run_.metrics.clear();
  ASSERT_OK(StepAndLog({3, 4}));
  EXPECT_TRUE(run_.metrics.empty()) << "an evaluation has no gradients";
}

TEST_P(ClipGradNormTest, NamesTheFirstGradientThatIsNotFinite) {
  Use("max_norm: 1");
  ASSERT_OK(StepAndLog({3, 4}));
  EXPECT_THAT(StepAndLog({1, kInfinity}),
              FailsWith("the gradient of second must be finite at step 1, got "
                        "norm inf"));
}

TEST_P(ClipGradNormTest, LeavesTheStepOutWhereAskedTo) {
  Use("max_norm: 1 on_non_finite: SKIP_STEP");
  ASSERT_OK(StepAndLog({1, std::nanf("")}));
  EXPECT_TRUE(Skipped());
  EXPECT_FALSE(run_.metrics.contains("grad_norm/train"));
  ASSERT_OK(StepAndLog({3, 4}));
  EXPECT_FALSE(Skipped());
}

// As PyTorch: the factor is max_norm / inf = 0, and 0 * inf is NaN.
TEST_P(ClipGradNormTest, StepsAlongZeroAndNanWhereAskedTo) {
  Use("max_norm: 1 on_non_finite: CONTINUE");
  ASSERT_OK(StepAndLog({1, kInfinity}));
  EXPECT_FALSE(Skipped());
  EXPECT_EQ(second_.grad()[0].item<float>(), 0);
  EXPECT_TRUE(std::isnan(second_.grad()[1].item<float>()));
  ASSERT_OK(StepAndLog({1, std::nanf("")}));
  EXPECT_TRUE(std::isnan(second_.grad()[0].item<float>()));
}

TEST_P(ClipGradNormTest, LeavesOverflowsToALossScaleThatLooksForThem) {
  Use("max_norm: 1");
  run_.found_inf = at::full({}, 1.0, at::kFloat);
  second_.mutable_grad() = at::tensor({1.0f, kInfinity});
  ASSERT_OK(hook_->BeforeStep(run_));
  EXPECT_TRUE(Skipped());
  EXPECT_OK(hook_->Report(run_));
}

TEST_P(ClipGradNormTest, DoesNothingWithoutGradients) {
  Use("max_norm: 1");
  EXPECT_OK(hook_->BeforeStep(run_));
  EXPECT_OK(hook_->Report(run_));
  EXPECT_FALSE(run_.metrics.contains("grad_norm/train"));
}

TEST(ClipGradNormOptionsTest, RefusesOptionsOutOfRange) {
  EXPECT_THAT(Make<Hook>("recipe.ClipGradNorm"),
              FailsWith("max_norm must be given"));
  EXPECT_THAT(Make<Hook>("recipe.ClipGradNorm", "max_norm: 0"),
              FailsWith("max_norm must be above 0, got 0"));
  EXPECT_THAT(Make<Hook>("recipe.ClipGradNorm", "max_norm: 1 norm_type: 0"),
              FailsWith("norm_type must be above 0, got 0"));
}

}  // namespace
}  // namespace toque
