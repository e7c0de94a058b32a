#include <limits>

#include "ATen/ops/tensor.h"
#include "framework/core/hook.h"
#include "framework/testing/device_reads.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

using testing::DoubleEq;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

// Scores of which those of `predictions` are the highest, of three classes.
at::Tensor ScoresFor(const std::vector<int64_t>& predictions) {
  std::vector<float> scores;
  for (const int64_t prediction : predictions) {
    for (int64_t c = 0; c < 3; ++c) {
      scores.push_back(c == prediction ? 2.0f : -1.0f);
    }
  }
  return at::tensor(scores).reshape({-1, 3});
}

class MeanClassAccuracyTest : public testing::Test {
 protected:
  MeanClassAccuracyTest() {
    run_.phase = Phase::kEvaluate;
    run_.split = "eval";
    run_.bank = 1;
  }

  void Forward(const at::Tensor& output, const at::Tensor& target) {
    run_.prediction.output = output;
    run_.batch.target = target;
    EXPECT_OK(hook_->AfterForward(run_));
  }
  void Predict(const std::vector<int64_t>& predictions,
               const std::vector<int64_t>& labels) {
    Forward(ScoresFor(predictions), at::tensor(labels));
  }

  toque::Run run_;
  const std::unique_ptr<Hook> hook_ =
      MakeOrDie<Hook>("recipe.MeanClassAccuracy");
};

// 3 of 4, 1 of 2 and 0 of 1: another figure than 4 of 7.
TEST_F(MeanClassAccuracyTest, WeighsClassesAlike) {
  Predict({0, 0, 1}, {0, 0, 0});
  Predict({0, 1, 2, 0}, {0, 1, 1, 2});
  EXPECT_OK(hook_->Report(run_));
  EXPECT_THAT(run_.metrics, ElementsAre(Pair("mean_class_accuracy/eval",
                                             DoubleEq((0.75 + 0.5 + 0) / 3))));
}

TEST_F(MeanClassAccuracyTest, LeavesOutClassesWithoutAnExample) {
  Predict({0, 2, 2}, {0, 0, -100});
  EXPECT_OK(hook_->Report(run_));
  EXPECT_THAT(run_.metrics, ElementsAre(Pair("mean_class_accuracy/eval", 0.5)));
}

TEST_F(MeanClassAccuracyTest, TakesTheFirstOfEqualScores) {
  Forward(at::tensor({1.0f, 1.0f, 0.0f}).unsqueeze(0),
          at::tensor(std::vector<int64_t>{0}));
  EXPECT_OK(hook_->Report(run_));
  EXPECT_THAT(run_.metrics, ElementsAre(Pair("mean_class_accuracy/eval", 1)));
}

TEST_F(MeanClassAccuracyTest, NaNIsWrongWhereverItStands) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  // The own score, that of another class, and all of them; the last is right.
  Forward(at::tensor({nan, 0.0f, 1.0f, 0.0f, nan, 1.0f, nan, nan, nan, 3.0f,
                      1.0f, 2.0f})
              .view({4, 3}),
          at::tensor(std::vector<int64_t>{0, 2, 0, 0}));
  EXPECT_OK(hook_->Report(run_));
  EXPECT_THAT(run_.metrics, ElementsAre(Pair("mean_class_accuracy/eval",
                                             DoubleEq((1.0 / 3 + 0) / 2))));
}

TEST_F(MeanClassAccuracyTest, ComparesASoftTargetByItsHeaviestClass) {
  run_.phase = Phase::kTrain;
  run_.split = "train";
  run_.bank = 0;
  Forward(ScoresFor({0, 1, 2}),
          at::tensor({0.6f, 0.4f, 0.0f, 0.3f, 0.2f, 0.5f, 0.0f, 0.0f, 0.0f})
              .view({3, 3}));
  EXPECT_OK(hook_->Report(run_));
  EXPECT_THAT(run_.metrics,
              ElementsAre(Pair("mean_class_accuracy/train", 0.5)));
}

TEST_F(MeanClassAccuracyTest, StartsAnewWithEachEvaluationAndKeepsThemApart) {
  Predict({1}, {0});
  run_.split = "eval_ema";
  run_.bank = 2;
  Predict({0}, {0});
  EXPECT_OK(hook_->Report(run_));
  EXPECT_EQ(run_.metrics["mean_class_accuracy/eval_ema"], 1);
  run_.split = "eval";
  run_.bank = 1;
  EXPECT_OK(hook_->Report(run_));
  EXPECT_EQ(run_.metrics["mean_class_accuracy/eval"], 0);
  Predict({2}, {2});
  EXPECT_OK(hook_->Report(run_));
  EXPECT_EQ(run_.metrics["mean_class_accuracy/eval"], 1);
}

TEST_F(MeanClassAccuracyTest, NeedsAnExampleThatCounts) {
  Predict({0}, {-100});
  EXPECT_THAT(hook_->Report(run_),
              FailsWith("mean_class_accuracy/eval: no example counts"));
  run_.phase = Phase::kTrain;
  EXPECT_OK(hook_->Report(run_));
  EXPECT_THAT(run_.metrics, IsEmpty());
}

TEST_F(MeanClassAccuracyTest, ReadsTheDeviceOnceAReport) {
  EXPECT_EQ(DeviceReads([&] {
              Predict({0, 1, 2}, {-100, 1, 2});
              Predict({0, 1, 2}, {0, 1, 2});
            }),
            0);
  EXPECT_LE(DeviceReads([&] { EXPECT_OK(hook_->Report(run_)); }), 1);
}

TEST_F(MeanClassAccuracyTest, RefusesWhatDoesNotFitTheOutput) {
  run_.prediction.output = ScoresFor({0, 1});
  run_.batch.target = at::tensor(std::vector<int64_t>{0});
  EXPECT_THROW((void)hook_->AfterForward(run_), c10::Error);
  run_.batch.target = at::tensor({0.5f, 0.5f}).view({1, 2});
  EXPECT_THROW((void)hook_->AfterForward(run_), c10::Error);
}

}  // namespace
}  // namespace toque
