#include <cmath>

#include "ATen/ops/arange.h"
#include "framework/core/hook.h"
#include "framework/core/model.h"
#include "framework/core/model_access.h"
#include "framework/layers/layers.h"
#include "framework/testing/testing.h"
#include "framework/testing/tiny_model.h"

namespace toque {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pointwise;

// A linear layer on 3 values and a norm: one with buffers.
struct Normed : Model {
  Normed() {
    Add("linear", Linear(3, 1));
    Add("norm", BatchNorm1d(1));
  }
  at::Tensor Forward(const at::Tensor& input) override { return input; }
  std::vector<int64_t> ExampleShape() const override { return {3}; }
};

at::Tensor Find(const NamedTensors& tensors, const std::string& name) {
  for (const auto& [own, tensor] : tensors) {
    if (own == name) return tensor;
  }
  ADD_FAILURE() << "there is no " << name;
  return {};
}

// A model whose linear.weight after step t is sin(t + i / 4).
class EmaTest : public testing::Test {
 protected:
  EmaTest() {
    run_.model = MakeTinyModel(3, 1);
    run_.progress = {.steps_per_epoch = 4, .total_steps = 12};
  }

  void Start(const std::string& options) {
    hook_ = MakeOrDie<Hook>("recipe.Ema", options);
    ASSERT_OK(hook_->BeforeTraining(run_));
  }
  void Steps(int64_t count) {
    const at::Tensor weight = Find(Parameters(*run_.model), "linear.weight");
    for (int64_t i = 0; i < count; ++i) {
      const int64_t t = ++run_.progress.step;
      weight.detach().copy_(
          at::arange(3, at::kFloat).div(4).add(t).sin().view({1, 3}));
      ASSERT_OK(hook_->AfterStep(run_));
    }
  }
  // What an evaluation asks to be evaluated again.
  std::vector<toque::Run::Evaluation> Evaluate(const std::string& split) {
    run_.split = split;
    EXPECT_OK(hook_->AfterEvaluation(run_));
    return std::exchange(run_.evaluations, {});
  }
  std::vector<double> Average() {
    const auto evaluations = Evaluate("eval");
    EXPECT_EQ(evaluations.size(), 1u);
    const at::Tensor average =
        Find(evaluations.at(0).weights, "linear.weight").to(at::kDouble);
    const double* values = average.const_data_ptr<double>();
    return {values, values + average.numel()};
  }

  toque::Run run_;
  std::unique_ptr<Hook> hook_;
};

// torch 2.11: tests/goldens/regularisation.py
TEST_F(EmaTest, AveragesAsPyTorch) {
  Start("decay: 0.9");
  Steps(6);
  EXPECT_THAT(Average(), Pointwise(DoubleNear(1e-6),
                                   {0.391281128, 0.450411737, 0.481537938}));
}

// torch 2.11: tests/goldens/regularisation.py
TEST_F(EmaTest, AveragesEveryFewSteps) {
  Start("decay: 0.9 every_steps: 2");
  Steps(7);
  EXPECT_THAT(Average(), Pointwise(DoubleNear(1e-6),
                                   {0.640477121, 0.546372354, 0.418296695}));
}

// Before its second and third update the decay is 2/11 and 3/12.
TEST_F(EmaTest, KeepsLessInTheBeginningWhereItWarmsUp) {
  Start("decay: 0.9 warm_up: RISING");
  Steps(3);
  const double second = 2.0 / 11 * std::sin(1.0) + 9.0 / 11 * std::sin(2.0);
  EXPECT_NEAR(Average()[0], 0.25 * second + 0.75 * std::sin(3.0), 1e-6);
}

TEST_F(EmaTest, NeverKeepsMoreThanItsDecay) {
  Start("decay: 0.1 warm_up: RISING");
  Steps(2);
  EXPECT_NEAR(Average()[0], 0.1 * std::sin(1.0) + 0.9 * std::sin(2.0), 1e-6);
}

TEST_F(EmaTest, BeginsAfterItsStart) {
  Start("decay: 0.5 start: 1");
  Steps(4);
  EXPECT_THAT(Evaluate("eval"), IsEmpty());
  Steps(1);
  EXPECT_NEAR(Average()[0], std::sin(5.0), 1e-6);
}

TEST_F(EmaTest, AsksForEvaluationsBesideThoseOfTheRawWeights) {
  Start("");
  Steps(1);
  EXPECT_EQ(Evaluate("eval").at(0).suffix, "ema");
  EXPECT_EQ(Evaluate("test").at(0).suffix, "ema");
  EXPECT_THAT(hook_->Evaluates(), ElementsAre("ema"));
  EXPECT_THAT(Evaluate("eval_ema"), IsEmpty());
  EXPECT_THAT(Evaluate("eval_swa"), IsEmpty());
}

TEST_F(EmaTest, LeavesTheModelAsItIs) {
  Start("");
  Steps(3);
  EXPECT_NEAR(
      Find(Parameters(*run_.model), "linear.weight")[0][0].item<double>(),
      std::sin(3.0), 1e-6);
}

TEST_F(EmaTest, AveragesBuffersAsTheWeights) {
  run_.model = std::make_shared<Normed>();
  const at::Tensor mean = Find(Buffers(*run_.model), "norm.running_mean");
  Start("decay: 0.75");
  mean.fill_(4);
  Steps(1);
  mean.fill_(8);
  Steps(1);
  const NamedTensors averages = Evaluate("eval").at(0).weights;
  EXPECT_EQ(Find(averages, "norm.running_mean").item<double>(), 5);
  EXPECT_EQ(averages.size(), 6u) << "4 parameters and 2 buffers, no counter";
}

TEST_F(EmaTest, LeavesBuffersToTheModelWhereAskedTo) {
  run_.model = std::make_shared<Normed>();
  Start("buffers: COPY");
  Steps(1);
  EXPECT_EQ(Evaluate("eval").at(0).weights.size(), 4u);
}

TEST_F(EmaTest, RefusesAStateOfAnotherModel) {
  Start("");
  Steps(1);
  State state;
  hook_->Save(&state);
  hook_ = MakeOrDie<Hook>("recipe.Ema");
  ASSERT_OK(hook_->Load(state));
  run_.model = MakeTinyModel(4, 1);
  EXPECT_THAT(hook_->BeforeTraining(run_),
              FailsWith("\"average.linear.weight\" must have the shape"));
}

TEST_F(EmaTest, RefusesAStartPastTheEndOfTheRun) {
  hook_ = MakeOrDie<Hook>("recipe.Ema", "start: 4");
  EXPECT_THAT(hook_->BeforeTraining(run_),
              FailsWith("start must be at most the run's 3 epochs, got 4"));
}

TEST(EmaOptionsTest, RefusesOptionsOutOfRange) {
  EXPECT_THAT(Make<Hook>("recipe.Ema", "decay: 1"),
              FailsWith("decay must be at least 0 and below 1, got 1"));
  EXPECT_THAT(Make<Hook>("recipe.Ema", "every_steps: 0"),
              FailsWith("every_steps must be at least 1, got 0"));
  EXPECT_THAT(Make<Hook>("recipe.Ema", "start: -1"),
              FailsWith("start must be at least 0, got -1"));
}

}  // namespace
}  // namespace toque
