#include <functional>

#include "framework/core/hook.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

// What stands on the standard error stream afterwards.
std::string Shown(const std::function<void()>& action) {
  testing::internal::CaptureStderr();
  action();
  return testing::internal::GetCapturedStderr();
}

class ProgressBarTest : public testing::Test {
 protected:
  ProgressBarTest() {
    run_.progress = {
        .step = 840, .epoch = 1, .steps_per_epoch = 429, .total_steps = 2145};
  }

  // A step of the run, and what a log interval tells.
  void Step(Hook& hook) {
    run_.examples += 128;
    EXPECT_OK(hook.AfterStep(run_));
  }
  void SetMetrics() {
    run_.metrics = {{"loss/train", 0.341249},
                    {"lr/base", 0.01},
                    {"examples_per_second", 2012.16}};
  }

  toque::Run run_;
};

TEST_F(ProgressBarTest, PrintsALineAtEachLogIntervalWhereThereIsNoTerminal) {
  const auto hook = MakeOrDie<Hook>("recipe.ProgressBar");
  EXPECT_EQ(Shown([&] { Step(*hook); }), "");
  SetMetrics();
  EXPECT_EQ(Shown([&] { EXPECT_OK(hook->AfterLog(run_)); }),
            "epoch 2/5  step 840/2145  loss 0.3412  lr 0.01  2012 examples/s  "
            "1:23 left\n");
  EXPECT_EQ(Shown([&] { EXPECT_OK(hook->AfterTraining(run_)); }), "");
}

TEST_F(ProgressBarTest, LeavesOutWhatIsNotKnownYet) {
  const auto hook = MakeOrDie<Hook>("recipe.ProgressBar");
  EXPECT_EQ(Shown([&] { EXPECT_OK(hook->AfterLog(run_)); }),
            "epoch 2/5  step 840/2145\n");
}

TEST_F(ProgressBarTest, TakesTheTimeLeftFromTheExamplesOfAStep) {
  const auto hook = MakeOrDie<Hook>("recipe.ProgressBar");
  // 60 micro-batches, each in two pieces with the whole batch's index.
  run_.examples = 59 * 128;
  run_.batch.index.resize(128);
  for (int piece = 0; piece < 120; ++piece) {
    EXPECT_OK(hook->AfterForward(run_));
  }
  Step(*hook);
  SetMetrics();
  // 1,305 steps of 60 x 128 examples, 2012.16 a second: 4,981 s.
  EXPECT_THAT(Shown([&] { EXPECT_OK(hook->AfterLog(run_)); }),
              testing::EndsWith("  1:23:01 left\n"));
}

TEST_F(ProgressBarTest, NamesTheLastEpochAtItsEnd) {
  const auto hook = MakeOrDie<Hook>("recipe.ProgressBar");
  run_.progress.step = 2145;
  run_.progress.epoch = 5;
  EXPECT_EQ(Shown([&] { EXPECT_OK(hook->AfterLog(run_)); }),
            "epoch 5/5  step 2145/2145\n");
}

TEST_F(ProgressBarTest, NamesTheMetricsOfAnEvaluationInPerCent) {
  const auto hook = MakeOrDie<Hook>("recipe.ProgressBar");
  run_.progress.step = 858;
  run_.split = "eval";
  run_.metrics = {{"accuracy/eval", 0.92361},    {"accuracy/eval_ema", 0.5},
                  {"accuracy_top5/eval", 0.999}, {"loss/eval", 0.23812},
                  {"loss/train", 0.1},           {"loss/test", 0.2}};
  EXPECT_EQ(Shown([&] { EXPECT_OK(hook->AfterEvaluation(run_)); }),
            "epoch 2/5  eval  accuracy 92.36%  accuracy_top5 99.90%  "
            "loss 0.2381\n");
}

TEST_F(ProgressBarTest, DrawsABarAtTheFirstStepAndAtEachLogInterval) {
  const auto hook = MakeOrDie<Hook>("recipe.ProgressBar", "style: BAR");
  const std::string bar =
      "\r\033[?7l 39% [#######             ]  epoch 2/5  step 840/2145";
  const std::string end = "\033[K\033[?7h";
  EXPECT_EQ(Shown([&] { Step(*hook); }), bar + end);
  SetMetrics();
  EXPECT_EQ(Shown([&] { EXPECT_OK(hook->AfterLog(run_)); }),
            bar + "  loss 0.3412  lr 0.01  2012 examples/s  1:23 left" + end);
}

TEST_F(ProgressBarTest, PutsAnEvaluationInPlaceOfTheBar) {
  const auto hook = MakeOrDie<Hook>("recipe.ProgressBar", "style: BAR");
  Shown([&] { Step(*hook); });
  run_.split = "test";
  run_.metrics["loss/test"] = 0.25;
  EXPECT_EQ(Shown([&] { EXPECT_OK(hook->AfterEvaluation(run_)); }),
            "\r\033[Kepoch 2/5  test  loss 0.25\n");
}

TEST_F(ProgressBarTest, EndsTheLineOfTheBarOnce) {
  auto hook = MakeOrDie<Hook>("recipe.ProgressBar", "style: BAR");
  Shown([&] { Step(*hook); });
  EXPECT_EQ(Shown([&] { EXPECT_OK(hook->AfterTraining(run_)); }), "\n");
  EXPECT_EQ(Shown([&] { hook.reset(); }), "");

  // A run that fails ends with the hook.
  hook = MakeOrDie<Hook>("recipe.ProgressBar", "style: BAR");
  Shown([&] { Step(*hook); });
  EXPECT_EQ(Shown([&] { hook.reset(); }), "\n");
}

}  // namespace
}  // namespace toque
