#include <cmath>
#include <limits>

#include "ATen/ops/tensor.h"
#include "framework/core/hook.h"
#include "framework/testing/device_reads.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

using testing::ElementsAre;
using testing::Pair;

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

// What the hook reports of one batch.
Metrics MetricsOf(const std::string& options, const at::Tensor& output,
                  const at::Tensor& target) {
  const auto accuracy = MakeOrDie<Hook>("recipe.Accuracy", options);
  Run run;
  run.prediction.output = output;
  run.batch.target = target;
  EXPECT_OK(accuracy->AfterForward(run));
  EXPECT_OK(accuracy->Report(run));
  return run.metrics;
}

at::Tensor Rows(std::vector<float> values, int64_t classes) {
  return at::tensor(values).reshape({-1, classes});
}
at::Tensor Labels(std::vector<int64_t> labels) { return at::tensor(labels); }

// The same in all ways to compute it: the loop over plain memory, and
// operators over float64, soft and one-hot targets.
void ExpectAccuracy(double expected, const at::Tensor& output,
                    const at::Tensor& labels) {
  const at::Tensor one_hot =
      labels.unsqueeze(1).eq(at::tensor(std::vector<int64_t>{0, 1, 2}));
  for (const auto& scores : {output, output.to(at::kDouble)}) {
    for (const auto& target :
         {labels, one_hot.to(at::kLong), one_hot.to(at::kFloat).mul(0.7)}) {
      EXPECT_THAT(MetricsOf("", scores, target),
                  ElementsAre(Pair("accuracy/train", expected)))
          << scores.dtype() << " " << target.dtype();
    }
  }
}

TEST(AccuracyTest, IsTheShareOfExamplesWithTheHighestScoreAtTheirClass) {
  const at::Tensor output = Rows({3, 1, 2, 1, 3, 2, 1, 2, 3, 3, 2, 1}, 3);
  ExpectAccuracy(0.75, output, Labels({0, 1, 2, 2}));
  ExpectAccuracy(0, output, Labels({1, 2, 0, 2}));
}

TEST(AccuracyTest, TakesTheFirstOfEqualScores) {
  const at::Tensor output = Rows({1, 2, 2}, 3);
  ExpectAccuracy(1, output, Labels({1}));
  ExpectAccuracy(0, output, Labels({2}));
}

TEST(AccuracyTest, IsWrongForARowWithANan) {
  const at::Tensor output = Rows({kNan, 2, 1, kNan, kNan, kNan}, 3);
  ExpectAccuracy(0, output, Labels({0, 0}));
  ExpectAccuracy(0, output, Labels({1, 1}));
}

TEST(AccuracyTest, LeavesOutExamplesWithoutAClass) {
  ExpectAccuracy(0.5, Rows({3, 1, 2, 1, 3, 2, 3, 1, 2}, 3),
                 Labels({0, -100, 1}));
}

TEST(AccuracyTest, ReportsNothingWhereNoExampleCounts) {
  EXPECT_THAT(MetricsOf("", Rows({1, 2, 3}, 3), Labels({-100})),
              testing::IsEmpty());
}

TEST(AccuracyTest, ComparesASoftTargetByItsHeavierClass) {
  EXPECT_THAT(MetricsOf("", Rows({3, 1, 2, 3, 1, 2}, 3),
                        Rows({.6f, .4f, 0, .4f, .6f, 0}, 3)),
              ElementsAre(Pair("accuracy/train", 0.5)));
}

TEST(AccuracyTest, LooksAmongTheTopFive) {
  // Class c of six has rank c.
  const at::Tensor output = Rows({6, 5, 4, 3, 2, 1}, 6).expand({6, 6});
  const at::Tensor labels = Labels({0, 1, 2, 3, 4, 5});
  for (const auto& scores : {output.contiguous(), output}) {
    EXPECT_THAT(MetricsOf("top_k: 5", scores, labels),
                ElementsAre(Pair("accuracy_top5/train", 5.0 / 6)));
    EXPECT_THAT(MetricsOf("top_k: 6", scores, labels),
                ElementsAre(Pair("accuracy_top6/train", 1)));
  }
}

// As on a GPU, where the loop over plain memory is not taken.
TEST(AccuracyTest, ReadsTheDeviceOnceAReport) {
  const auto accuracy = MakeOrDie<Hook>("recipe.Accuracy");
  toque::Run run;
  run.prediction.output = Rows({3, 1, 2, 1, 3, 2}, 3).to(at::kDouble);
  run.batch.target = Labels({0, -100});
  EXPECT_EQ(DeviceReads([&] {
              for (int batch = 0; batch < 3; ++batch) {
                EXPECT_OK(accuracy->AfterForward(run));
              }
            }),
            0);
  EXPECT_LE(DeviceReads([&] { EXPECT_OK(accuracy->Report(run)); }), 1);
  EXPECT_THAT(run.metrics, ElementsAre(Pair("accuracy/train", 1)));
}

TEST(AccuracyTest, LeavesNoTraceInTheGraph) {
  const at::Tensor output = Rows({3, 1, 2}, 3).to(at::kDouble);
  output.set_requires_grad(true);
  ExpectAccuracy(1, output, Labels({0}));
}

TEST(AccuracyTest, RefusesATopKBelowOne) {
  EXPECT_THAT(Make<Hook>("recipe.Accuracy", "top_k: 0"),
              FailsWith("top_k must be at least 1, got 0"));
}

TEST(AccuracyTest, RefusesWhatDoesNotFitTheOutput) {
  const auto error = [](const std::string& options, const at::Tensor& output,
                        const at::Tensor& target) -> std::string {
    try {
      MetricsOf(options, output, target);
    } catch (const c10::Error& e) {
      return e.what_without_backtrace();
    }
    return "none";
  };
  const at::Tensor output = Rows({1, 2, 3, 4, 5, 6}, 3);
  EXPECT_EQ(error("", output.flatten(), Labels({0, 1})),
            "output must have shape [*, *], got [6]");
  EXPECT_EQ(error("", output, Labels({0})),
            "target must have shape [2], got [1]");
  EXPECT_EQ(error("", output, Labels({0, 3})), "labels must be below 3, got 3");
  EXPECT_EQ(error("top_k: 4", output, Labels({0, 1})),
            "top_k must be at most the 3 classes of the output, got 4");
}

}  // namespace
}  // namespace toque
