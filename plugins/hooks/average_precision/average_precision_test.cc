#include <cmath>
#include <fstream>

#include "ATen/ops/tensor.h"
#include "framework/core/hook.h"
#include "framework/testing/device_reads.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

constexpr int kRows = 40;
constexpr int kClasses = 4;

// As tests/goldens/metrics.py has them: with ties, and without an example of
// the last class.
at::Tensor Scores() {
  std::vector<double> scores;
  for (int row = 0; row < kRows; ++row) {
    for (int column = 0; column < kClasses; ++column) {
      const double score = std::sin(row * 1.7 + column * 2.3 + row * column);
      scores.push_back(std::nearbyint(score * 10) / 10);
    }
  }
  return at::tensor(scores).reshape({kRows, kClasses});
}
at::Tensor Labels() {
  std::vector<int64_t> labels;
  for (int row = 0; row < kRows; ++row) {
    labels.push_back((row * 7 + row / 3) % 3);
  }
  return at::tensor(labels);
}
at::Tensor SeveralClasses() {
  std::vector<float> relevant;
  for (int row = 0; row < kRows; ++row) {
    for (int column = 0; column < kClasses; ++column) {
      relevant.push_back((row * row / 5 + column * row / 2 + column) % 3 == 0);
    }
  }
  return at::tensor(relevant).reshape({kRows, kClasses});
}

class AveragePrecisionTest : public testing::Test {
 protected:
  AveragePrecisionTest() {
    run_.phase = Phase::kEvaluate;
    run_.split = "eval";
    run_.bank = 1;
    run_.folder = TestFolder();
  }

  void Forward(const at::Tensor& output, const at::Tensor& target) {
    run_.prediction.output = output;
    run_.batch.target = target;
    EXPECT_OK(hook_->AfterForward(run_));
  }
  // That of each class, which must be in the file.
  std::vector<double> ByClass() {
    EXPECT_OK(hook_->Report(run_));
    EXPECT_OK(hook_->AfterEvaluation(run_));
    std::ifstream file(run_.folder + "/average_precision_eval.csv");
    std::string cell;
    std::getline(file, cell);
    EXPECT_EQ(cell, "class,average_precision,support");
    std::vector<double> values;
    while (std::getline(file, cell, ',') && std::getline(file, cell, ',')) {
      values.push_back(std::stod(cell));
      std::getline(file, cell);
    }
    return values;
  }

  std::unique_ptr<Hook> hook_ = MakeOrDie<Hook>("recipe.AveragePrecision");
  toque::Run run_;
};

// scikit-learn 1.9: tests/goldens/metrics.py
TEST_F(AveragePrecisionTest, RanksExamplesByTheProbabilityOfTheirClass) {
  Forward(Scores().slice(0, 0, 30), Labels().slice(0, 0, 30));
  Forward(Scores().slice(0, 30), Labels().slice(0, 30));
  EXPECT_THAT(ByClass(), ElementsAre(DoubleNear(0.408521641638435, 1e-12),
                                     DoubleNear(0.354647881880025, 1e-12),
                                     DoubleNear(0.524919482603592, 1e-12), 0));
  EXPECT_THAT(run_.metrics,
              ElementsAre(Pair("average_precision/eval",
                               DoubleNear(0.322022251530513, 1e-12))));
}

// scikit-learn 1.9: tests/goldens/metrics.py
TEST_F(AveragePrecisionTest, RanksExamplesOfSeveralClassesByTheOutput) {
  Forward(Scores(), SeveralClasses());
  EXPECT_THAT(ByClass(), ElementsAre(DoubleNear(0.704334776612127, 1e-12),
                                     DoubleNear(0.454362268900808, 1e-12),
                                     DoubleNear(0.650445662813848, 1e-12),
                                     DoubleNear(0.376655989566995, 1e-12)));
}

TEST_F(AveragePrecisionTest, LeavesOutExamplesWithoutAClass) {
  const at::Tensor labels = Labels();
  Forward(Scores(), labels.masked_fill(labels.eq(1), -100));
  const std::vector<double> without = ByClass();
  const at::Tensor kept = labels.ne(1).nonzero().squeeze(1);
  Forward(Scores().index_select(0, kept), labels.index_select(0, kept));
  EXPECT_EQ(ByClass(), without);
  EXPECT_EQ(without[1], 0);
}

TEST_F(AveragePrecisionTest, TakesExamplesOfEqualScoreTogether) {
  Forward(at::tensor({1.0, 1.0, 1.0, 0.0}).unsqueeze(1),
          at::tensor({0.0, 1.0, 0.0, 1.0}).unsqueeze(1));
  EXPECT_THAT(ByClass(), ElementsAre(DoubleNear(0.5 / 3 + 0.5 / 2, 1e-12)));
}

TEST_F(AveragePrecisionTest, LooksAtEvaluationsAlone) {
  run_.phase = Phase::kTrain;
  Forward(Scores(), Labels());
  EXPECT_OK(hook_->Report(run_));
  EXPECT_THAT(run_.metrics, IsEmpty());
}

TEST_F(AveragePrecisionTest, StartsAnewWithEachEvaluation) {
  Forward(Scores(), Labels());
  const std::vector<double> first = ByClass();
  Forward(Scores(), Labels());
  EXPECT_EQ(ByClass(), first);
}

TEST_F(AveragePrecisionTest, RefusesAnEvaluationInWhichNoExampleCounts) {
  const std::string error = "average_precision/eval: no example counts";
  EXPECT_THAT(hook_->Report(run_), FailsWith(error));
  Forward(Scores(), Labels().fill_(-100));
  EXPECT_THAT(hook_->Report(run_), FailsWith(error));
}

TEST_F(AveragePrecisionTest, DoesNotWaitForTheDeviceInABatch) {
  const at::Tensor scores = Scores();
  const at::Tensor labels = Labels();
  EXPECT_EQ(DeviceReads([&] { Forward(scores, labels); }), 0);
}

TEST_F(AveragePrecisionTest, RefusesATargetOfAnotherShape) {
  EXPECT_THROW(Forward(Scores(), Labels().slice(0, 1)), c10::Error);
  EXPECT_THROW(Forward(Scores(), SeveralClasses().slice(1, 1)), c10::Error);
}

}  // namespace
}  // namespace toque
