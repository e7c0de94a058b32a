#include "framework/core/metric.h"

#include "ATen/ops/tensor.h"
#include "framework/testing/device_reads.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

// The target as it is; negative ones are not counted where `skip` says so.
class Target : public MeanMetric {
 public:
  explicit Target(bool skip) : MeanMetric("target"), skip_(skip) {}
  using MeanMetric::Add;

 protected:
  at::Tensor Values(const Prediction&, const Batch& batch) const override {
    return batch.target;
  }
  at::Tensor Counted(const Batch& batch) const override {
    return skip_ ? batch.target.ge(0) : at::Tensor();
  }

 private:
  bool skip_;
};

class MeanMetricTest : public testing::Test {
 protected:
  void Forward(MeanMetric& metric, std::vector<float> target) {
    run_.batch.target = at::tensor(target);
    EXPECT_OK(metric.AfterForward(run_));
  }
  Metrics Reported(MeanMetric& metric) {
    run_.metrics.clear();
    EXPECT_OK(metric.Report(run_));
    return run_.metrics;
  }
  void Enter(const std::string& split, size_t bank) {
    run_.split = split;
    run_.bank = bank;
  }

  toque::Run run_;
};

TEST_F(MeanMetricTest, WeighsAShortLastBatchByItsExamples) {
  Target metric(false);
  Forward(metric, {1, 2, 3, 4});
  Forward(metric, {10});
  EXPECT_THAT(Reported(metric), ElementsAre(Pair("target/train", 4)));
}

TEST_F(MeanMetricTest, StartsAnewAfterAReport) {
  Target metric(false);
  Forward(metric, {1, 2});
  Reported(metric);
  EXPECT_THAT(Reported(metric), IsEmpty());
  Forward(metric, {7});
  EXPECT_THAT(Reported(metric), ElementsAre(Pair("target/train", 7)));
}

TEST_F(MeanMetricTest, KeepsSplitsApart) {
  Target metric(false);
  Forward(metric, {1});
  Enter("eval", 1);
  Forward(metric, {2});
  Enter("eval_ema", 2);
  Forward(metric, {3});
  EXPECT_THAT(Reported(metric), ElementsAre(Pair("target/eval_ema", 3)));
  Enter("train", 0);
  EXPECT_THAT(Reported(metric), ElementsAre(Pair("target/train", 1)));
  Enter("eval", 1);
  EXPECT_THAT(Reported(metric), ElementsAre(Pair("target/eval", 2)));
}

TEST_F(MeanMetricTest, LeavesOutWhatDoesNotCount) {
  Target metric(true);
  Forward(metric, {-100, 1, 2, -1});
  Forward(metric, {6, -1});
  EXPECT_THAT(Reported(metric), ElementsAre(Pair("target/train", 3)));
  Forward(metric, {-1});
  EXPECT_THAT(Reported(metric), IsEmpty());
}

TEST_F(MeanMetricTest, JoinsValuesThatTheCpuKnows) {
  Target metric(false);
  metric.Add(run_, 5, 2);
  EXPECT_THAT(Reported(metric), ElementsAre(Pair("target/train", 2.5)));
  Forward(metric, {1, 2});
  metric.Add(run_, 9, 2);
  EXPECT_THAT(Reported(metric), ElementsAre(Pair("target/train", 3)));
}

// In float32 the sum would stay at 2^24.
TEST_F(MeanMetricTest, SumsInDoublePrecision) {
  Target metric(false);
  Forward(metric, {16777216});
  Forward(metric, {1});
  Forward(metric, {1});
  Forward(metric, {1});
  EXPECT_THAT(Reported(metric),
              ElementsAre(Pair("target/train", 16777219.0 / 4)));
}

TEST_F(MeanMetricTest, TakesAnOldValueAwayWhereNoExampleCounted) {
  Target metric(true);
  run_.metrics = {{"target/train", 5}, {"target/eval", 6}};
  Forward(metric, {-1});
  EXPECT_OK(metric.Report(run_));
  EXPECT_THAT(run_.metrics, ElementsAre(Pair("target/eval", 6)));
}

TEST_F(MeanMetricTest, RefusesAnEvaluationOfWhichNoExampleCounts) {
  Target metric(true);
  run_.split = "eval";
  run_.phase = Phase::kEvaluate;
  Forward(metric, {-1});
  EXPECT_THAT(metric.Report(run_), FailsWith("target/eval: no example counts"));
}

TEST_F(MeanMetricTest, ReadsTheDeviceOnceAReport) {
  Target metric(true);
  EXPECT_EQ(DeviceReads([&] { Forward(metric, {1, -1, 2}); }), 0);
  EXPECT_LE(DeviceReads([&] { Reported(metric); }), 1);
}

TEST(ReportedTest, GivesTheMetricsOfTheIntervalOrOfTheEvaluation) {
  toque::Run run;
  run.metrics = {{"accuracy/eval", 1},  {"accuracy/eval_ema", 2},
                 {"accuracy/train", 3}, {"examples_per_second", 4},
                 {"l1/train", 5},       {"lr/base", 6}};
  EXPECT_THAT(
      Reported(run),
      ElementsAre(Pair("accuracy/train", 3), Pair("examples_per_second", 4),
                  Pair("l1/train", 5), Pair("lr/base", 6)));
  run.phase = Phase::kEvaluate;
  run.split = "eval_ema";
  EXPECT_THAT(Reported(run), ElementsAre(Pair("accuracy/eval_ema", 2)));
}

TEST_F(MeanMetricTest, PublishesItsName) {
  const auto published = Target(false).Publishes();
  ASSERT_EQ(published.size(), 1u);
  EXPECT_EQ(published[0].name, "target");
  EXPECT_EQ(published[0].of, Published::kAll);
}

}  // namespace
}  // namespace toque
