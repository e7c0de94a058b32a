#include "ATen/Context.h"
#include "ATen/ops/equal.h"
#include "ATen/ops/rand.h"
#include "ATen/ops/randn.h"
#include "framework/core/hook.h"
#include "framework/core/model.h"
#include "framework/core/model_access.h"
#include "framework/layers/layers.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

using testing::HasSubstr;

// A convolution, batch norm, ReLU, dropout and a linear layer.
struct Net : Model {
  at::Tensor Forward(const at::Tensor& input) override {
    const at::Tensor output = (*body)(input);
    // What autograd is told, where that is not the truth.
    return honest ? output : output.mul(2).sub(output.detach());
  }
  std::vector<int64_t> ExampleShape() const override { return {1, 4, 4}; }

  bool honest = true;
  Layer body = Add("body", Sequential(Conv2d({.in = 1, .out = 3, .kernel = 3}),
                                      BatchNorm2d(3), Relu(Inplace::kYes),
                                      Flatten(), Dropout(0.5), Linear(12, 5)));
};

NamedTensors Copy(const Model& model) {
  NamedTensors copy;
  for (const NamedTensors& tensors : {Parameters(model), Buffers(model)}) {
    for (const auto& [name, tensor] : tensors) {
      copy.emplace_back(name, tensor.detach().clone());
    }
  }
  return copy;
}

class CheckGradientsTest : public testing::Test {
 protected:
  CheckGradientsTest() {
    at::manual_seed(3);
    net_ = std::make_shared<Net>();
    run_.model = net_;
    run_.batch = {.input = at::randn({6, 1, 4, 4}),
                  .index = {0, 1, 2, 3, 4, 5}};
    run_.progress.step = 1;
  }

  // What the hook says after the first step.
  std::string Check(const std::string& options) {
    const auto hook = MakeOrDie<Hook>("recipe.CheckGradients", options);
    testing::internal::CaptureStderr();
    status_ = hook->AfterStep(run_);
    return testing::internal::GetCapturedStderr();
  }

  std::shared_ptr<Net> net_;
  toque::Run run_;
  absl::Status status_;
};

TEST_F(CheckGradientsTest, AcceptsAModelWhoseGradientsAreRight) {
  // 4 of the weight and 3 of the bias of the convolution, 3 and 3 of the norm,
  // 4 and 4 of the linear layer.
  EXPECT_THAT(Check(""), HasSubstr("21 entries of 6 parameters"));
  EXPECT_OK(status_);
}

TEST_F(CheckGradientsTest, NamesAnEntryWhoseGradientIsWrong) {
  net_->honest = false;
  Check("");
  EXPECT_THAT(status_, FailsWith("the gradient of body.0.weight["));
}

TEST_F(CheckGradientsTest, LeavesEverythingAsItWas) {
  const NamedTensors before = Copy(*net_);
  Check("entries: 1");
  ASSERT_OK(status_);
  const at::Tensor drawn = at::rand({4});
  const NamedTensors after = Copy(*net_);
  for (size_t i = 0; i < before.size(); ++i) {
    EXPECT_EQ(after[i].second.scalar_type(), before[i].second.scalar_type());
    EXPECT_TRUE(at::equal(after[i].second, before[i].second))
        << before[i].first;
  }
  for (const auto& [name, parameter] : Parameters(*net_)) {
    EXPECT_FALSE(parameter.grad().defined()) << name;
  }
  at::manual_seed(3);
  const Net same;
  at::randn({6, 1, 4, 4});
  EXPECT_TRUE(at::equal(at::rand({4}), drawn));
}

TEST_F(CheckGradientsTest, TrainsOnAsBefore) {
  Check("entries: 1");
  Predict(*net_, run_.batch.input).sum().backward();
  for (const auto& [name, parameter] : Parameters(*net_)) {
    ASSERT_TRUE(parameter.grad().defined()) << name;
    EXPECT_EQ(parameter.grad().scalar_type(), at::kFloat);
  }
}

TEST_F(CheckGradientsTest, LooksOnce) {
  const auto hook = MakeOrDie<Hook>("recipe.CheckGradients");
  ASSERT_OK(hook->AfterStep(run_));
  net_->honest = false;
  EXPECT_OK(hook->AfterStep(run_));
}

TEST_F(CheckGradientsTest, PassesOverFrozenParameters) {
  for (const auto& [name, parameter] : Parameters(*net_)) {
    if (name != "body.5.bias") parameter.requires_grad_(false);
  }
  EXPECT_THAT(Check("entries: 9"), HasSubstr("5 entries of 1 parameters"));
}

TEST(CheckGradientsOptionsTest, RefusesOptionsOutOfRange) {
  EXPECT_THAT(Make<Hook>("recipe.CheckGradients", "entries: 0"),
              FailsWith("entries must be at least 1, got 0"));
  EXPECT_THAT(Make<Hook>("recipe.CheckGradients", "examples: 0"),
              FailsWith("examples must be at least 1, got 0"));
  EXPECT_THAT(Make<Hook>("recipe.CheckGradients", "tolerance: 0"),
              FailsWith("tolerance must be above 0, got 0"));
}

}  // namespace
}  // namespace toque
