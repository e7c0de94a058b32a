#include <filesystem>

#include "ATen/ops/allclose.h"
#include "ATen/ops/arange.h"
#include "ATen/ops/equal.h"
#include "framework/core/hook.h"
#include "framework/core/model.h"
#include "framework/core/model_access.h"
#include "framework/layers/layers.h"
#include "framework/testing/testing.h"
#include "framework/weights/safetensors.h"

namespace toque {
namespace {

using testing::ElementsAre;

// y = relu(W x) summed.
struct Net : Model {
  at::Tensor Forward(const at::Tensor& input) override {
    return (*relu)((*fc)(input));
  }
  std::vector<int64_t> ExampleShape() const override { return {3}; }
  Layer fc = Add("fc", Linear(3, 2));
  Layer relu = Add("relu", Relu(Inplace::kYes));
};

class DumpTest : public testing::Test {
 protected:
  DumpTest() {
    run_.model = std::make_shared<Net>();
    run_.folder = TestFolder();
    run_.batch = {.input = at::arange(6, at::kFloat).view({2, 3}),
                  .index = {0, 1}};
    run_.progress.total_steps = 6;
  }

  void Start(const std::string& options) {
    hook_ = MakeOrDie<Hook>("recipe.Dump", options);
    ASSERT_OK(hook_->BeforeTraining(run_));
  }
  void Step() {
    {
      const ObserverScope scope(hook_->Observes(run_));
      run_.loss = Predict(*run_.model, run_.batch.input).sum();
    }
    run_.loss.backward();
    ASSERT_OK(hook_->BeforeStep(run_));
    ++run_.progress.step;
  }
  std::string File(int step) const {
    return absl::StrCat(run_.folder, "/dump/step_00000", step, ".safetensors");
  }

  toque::Run run_;
  std::unique_ptr<Hook> hook_;
};

TEST_F(DumpTest, WritesWhatMatches) {
  Start("activation: '^fc$' gradient: 'weight' weight: 'bias' every_steps: 1");
  Step();
  const auto file = ReadSafetensors(File(1));
  ASSERT_OK(file);
  std::vector<std::string> names;
  for (const auto& [name, tensor] : file->state.tensors()) {
    names.push_back(name);
  }
  EXPECT_THAT(names, ElementsAre("activation.fc", "gradient.fc.weight",
                                 "weight.fc.bias"));
  const NamedTensors parameters = Parameters(*run_.model);
  const at::Tensor& weight = parameters[0].second;
  const at::Tensor& bias = parameters[1].second;
  EXPECT_TRUE(at::equal(*file->state.Get("weight.fc.bias"), bias.detach()));
  // Before the ReLU, which did not work in place.
  const at::Tensor output = run_.batch.input.matmul(weight.t()).add(bias);
  EXPECT_TRUE(at::allclose(*file->state.Get("activation.fc"), output.detach()));
  // The gradient of the sum of relu(W x + b): where it is positive, x.
  const at::Tensor gradient =
      output.gt(0).to(at::kFloat).t().matmul(run_.batch.input);
  EXPECT_TRUE(at::allclose(*file->state.Get("gradient.fc.weight"), gradient));
}

TEST_F(DumpTest, WritesEverySoManyStepsUpToTheLast) {
  Start("weight: '' every_steps: 2 last_step: 4");
  for (int i = 0; i < 6; ++i) Step();
  std::vector<bool> there;
  for (int step = 1; step <= 6; ++step) {
    there.push_back(std::filesystem::exists(File(step)));
  }
  EXPECT_THAT(there, ElementsAre(false, true, false, true, false, false));
}

TEST_F(DumpTest, LooksAtTheForwardsOfItsStepsAlone) {
  Start("activation: 'fc' every_steps: 2");
  EXPECT_EQ(hook_->Observes(run_), nullptr);
  run_.progress.step = 1;
  EXPECT_NE(hook_->Observes(run_), nullptr);
  run_.phase = Phase::kEvaluate;
  EXPECT_EQ(hook_->Observes(run_), nullptr);
}

TEST_F(DumpTest, WritesNothingWithoutARunFolder) {
  run_.folder.clear();
  Start("activation: 'fc' weight: '' every_steps: 1");
  EXPECT_EQ(hook_->Observes(run_), nullptr);
  Step();
}

TEST_F(DumpTest, RefusesPatternsThatMatchNothing) {
  hook_ = MakeOrDie<Hook>(
      "recipe.Dump", "activation: 'layer9' gradient: 'weight' weight: 'scale'");
  const absl::Status status = hook_->BeforeTraining(run_);
  EXPECT_THAT(status, FailsWith("activation must match a part of the model, "
                                "got layer9"));
  EXPECT_THAT(status, FailsWith("weight must match a parameter or buffer, got "
                                "scale"));
}

TEST_F(DumpTest, RefusesARunThatEndsBefore) {
  hook_ = MakeOrDie<Hook>("recipe.Dump", "weight: '' every_steps: 7");
  EXPECT_THAT(
      hook_->BeforeTraining(run_),
      FailsWith("every_steps must be at most the run's 6 steps, got 7"));
  Start("weight: ''");
}

TEST_F(DumpTest, SaysWhereAFileCannotBeWritten) {
  run_.folder = "/proc/none";
  Start("weight: '' every_steps: 1");
  EXPECT_THAT(hook_->BeforeStep(run_),
              FailsWith("/proc/none/dump/step_000001.safetensors"));
}

TEST(DumpOptionsTest, RefusesBadOptions) {
  EXPECT_THAT(Make<Hook>("recipe.Dump"),
              FailsWith("an activation, gradient or weight must be given"));
  EXPECT_THAT(Make<Hook>("recipe.Dump", "weight: '('"),
              FailsWith("weight must be a regular expression, got ("));
  EXPECT_THAT(Make<Hook>("recipe.Dump", "weight: '' every_steps: 0"),
              FailsWith("every_steps must be at least 1, got 0"));
  EXPECT_THAT(Make<Hook>("recipe.Dump", "weight: '' last_step: -1"),
              FailsWith("last_step must be at least 0, got -1"));
}

}  // namespace
}  // namespace toque
