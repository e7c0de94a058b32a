#include "ATen/ops/tensor.h"
#include "ATen/ops/zeros_like.h"
#include "framework/core/hook.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;
using testing::Pair;

void Forward(Hook& hook, toque::Run& run, const at::Tensor& output,
             const at::Tensor& target) {
  run.prediction.output = output;
  run.batch.target = target;
  EXPECT_OK(hook.AfterForward(run));
}

TEST(MeanAbsoluteErrorTest, IsTheMeanDistanceOverTheExamplesOfAllBatches) {
  const auto hook = MakeOrDie<Hook>("recipe.MeanAbsoluteError");
  toque::Run run;
  // Distances 1 and 3, then 0.5 in a batch of one.
  Forward(*hook, run, at::tensor({2.0, -1.0}), at::tensor({1.0, 2.0}));
  Forward(*hook, run, at::tensor({0.25}), at::tensor({0.75}));
  EXPECT_OK(hook->Report(run));
  EXPECT_THAT(run.metrics, ElementsAre(Pair("mean_absolute_error/train",
                                            DoubleNear(1.5, 1e-12))));
}

TEST(MeanAbsoluteErrorTest, TakesTheMeanOverTheValuesOfAnExample) {
  const auto hook = MakeOrDie<Hook>("recipe.MeanAbsoluteError");
  toque::Run run;
  const at::Tensor output =
      at::tensor({1.0, 2.0, 3.0, 6.0, 0.0, 0.0, 0.0, 0.0}).reshape({2, 2, 2});
  Forward(*hook, run, output, at::zeros_like(output));
  EXPECT_OK(hook->Report(run));
  EXPECT_THAT(run.metrics, ElementsAre(Pair("mean_absolute_error/train",
                                            DoubleNear(1.5, 1e-12))));
}

TEST(MeanAbsoluteErrorTest, RefusesAnEvaluationWithoutExamples) {
  const auto hook = MakeOrDie<Hook>("recipe.MeanAbsoluteError");
  toque::Run run;
  run.phase = Phase::kEvaluate;
  run.split = "eval";
  EXPECT_THAT(hook->Report(run),
              FailsWith("mean_absolute_error/eval: no example counts"));
}

TEST(MeanAbsoluteErrorTest, DoesNotTakeSoftTargetsOfLabels) {
  EXPECT_FALSE(MakeOrDie<Hook>("recipe.MeanAbsoluteError")->TakesSoftTarget());
}

TEST(MeanAbsoluteErrorTest, RefusesATargetOfAnotherShape) {
  const auto hook = MakeOrDie<Hook>("recipe.MeanAbsoluteError");
  toque::Run run;
  std::string error;
  try {
    Forward(*hook, run, at::tensor({1.0, 2.0}).unsqueeze(1),
            at::tensor({1.0, 2.0}));
  } catch (const c10::Error& e) {
    error = e.what_without_backtrace();
  }
  EXPECT_THAT(error, testing::HasSubstr("[2, 1]"));
}

}  // namespace
}  // namespace toque
