#include "ATen/ops/arange.h"
#include "framework/core/hook.h"
#include "framework/core/model_access.h"
#include "framework/testing/testing.h"
#include "framework/testing/tiny_model.h"

namespace toque {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pointwise;

// Epochs of 4 steps, and a model whose weight after step t is sin(t + i / 4).
class SwaTest : public testing::Test {
 protected:
  SwaTest() {
    run_.model = MakeTinyModel(3, 1);
    run_.progress = {.steps_per_epoch = 4, .total_steps = 12};
  }

  void Start(const std::string& options) {
    hook_ = MakeOrDie<Hook>("recipe.Swa", options);
    ASSERT_OK(hook_->BeforeTraining(run_));
  }
  void Steps(int64_t count) {
    const at::Tensor weight = Parameters(*run_.model).at(0).second;
    for (int64_t i = 0; i < count; ++i) {
      const int64_t t = ++run_.progress.step;
      weight.detach().copy_(Weights(t));
      ASSERT_OK(hook_->AfterStep(run_));
    }
  }
  static at::Tensor Weights(int64_t t) {
    return at::arange(3, at::kFloat).div(4).add(t).sin().view({1, 3});
  }
  std::vector<toque::Run::Evaluation> Evaluate(const std::string& split) {
    run_.split = split;
    EXPECT_OK(hook_->AfterEvaluation(run_));
    return std::exchange(run_.evaluations, {});
  }
  at::Tensor Mean() { return Evaluate("eval").at(0).weights.at(0).second; }

  toque::Run run_;
  std::unique_ptr<Hook> hook_;
};

// torch 2.11: tests/goldens/regularisation.py
TEST_F(SwaTest, AveragesAsPyTorch) {
  Start("begin: 2 every: 2 per: STEP");
  Steps(7);
  const at::Tensor mean = Mean().to(at::kDouble);
  const double* values = mean.const_data_ptr<double>();
  EXPECT_THAT(std::vector<double>(values, values + 3),
              Pointwise(DoubleNear(1e-6),
                        {-0.0423068628, -0.0500317998, -0.0546460003}));
}

TEST_F(SwaTest, EvaluatesNothingBeforeItsBegin) {
  Start("begin: 2");
  Steps(7);
  EXPECT_THAT(Evaluate("eval"), IsEmpty());
  Steps(1);
  EXPECT_TRUE(Mean().equal(Weights(8)));
}

TEST_F(SwaTest, TakesTheWeightsThatEpochsEndWith) {
  Start("begin: 1");
  Steps(11);
  EXPECT_TRUE(Mean().allclose(Weights(4).add(Weights(8)).div(2)));
  Steps(1);
  EXPECT_TRUE(
      Mean().allclose(Weights(4).add(Weights(8)).add(Weights(12)).div(3)));
}

TEST_F(SwaTest, TakesTheWeightsOfEveryFewEpochs) {
  Start("begin: 1 every: 2");
  Steps(12);
  EXPECT_TRUE(Mean().allclose(Weights(4).add(Weights(12)).div(2)));
}

TEST_F(SwaTest, HasItsStatisticsComputedAnew) {
  Start("begin: 1");
  Steps(4);
  for (const char* split : {"eval", "test"}) {
    const auto evaluation = Evaluate(split).at(0);
    EXPECT_EQ(evaluation.suffix, "swa");
    EXPECT_EQ(evaluation.statistics, Statistics::kRecomputed);
  }
  EXPECT_THAT(hook_->Evaluates(), ElementsAre("swa"));
  EXPECT_THAT(Evaluate("eval_swa"), IsEmpty());
}

TEST_F(SwaTest, RefusesABeginPastTheEndOfTheRun) {
  hook_ = MakeOrDie<Hook>("recipe.Swa", "begin: 4");
  EXPECT_THAT(hook_->BeforeTraining(run_),
              FailsWith("begin must be at most the run's 3 epochs, got 4"));
}

TEST(SwaOptionsTest, RefusesOptionsOutOfRange) {
  EXPECT_THAT(Make<Hook>("recipe.Swa"), FailsWith("begin must be given"));
  EXPECT_THAT(Make<Hook>("recipe.Swa", "begin: 0"),
              FailsWith("begin must be at least 1, got 0"));
  EXPECT_THAT(Make<Hook>("recipe.Swa", "begin: 1 every: 0"),
              FailsWith("every must be at least 1, got 0"));
}

}  // namespace
}  // namespace toque
