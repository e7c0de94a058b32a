#include <cmath>
#include <filesystem>
#include <fstream>

#include "ATen/ops/tensor.h"
#include "framework/core/hook.h"
#include "framework/testing/device_reads.h"
#include "framework/testing/testing.h"
#include "glog/logging.h"

namespace toque {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;

// What is logged while it lives.
struct Warnings : google::LogSink {
  Warnings() { google::AddLogSink(this); }
  ~Warnings() override { google::RemoveLogSink(this); }
  void send(google::LogSeverity, const char*, const char*, int,
            const google::LogMessageTime&, const char* message,
            size_t size) override {
    texts.emplace_back(message, size);
  }
  std::vector<std::string> texts;
};

// Scores of which those of `predictions` are the highest.
at::Tensor ScoresFor(const std::vector<int64_t>& predictions, int64_t classes) {
  std::vector<float> scores;
  for (const int64_t prediction : predictions) {
    for (int64_t c = 0; c < classes; ++c) {
      scores.push_back(c == prediction ? 2.0f : -1.0f);
    }
  }
  return at::tensor(scores).reshape({-1, classes});
}

class ConfusionMatrixTest : public testing::Test {
 protected:
  ConfusionMatrixTest() {
    run_.phase = Phase::kEvaluate;
    run_.split = "eval";
    run_.bank = 1;
    run_.folder = TestFolder();
    run_.name = "small";
    run_.dataset.class_names = {"cat", "dog, wild", "bird"};
  }

  void Forward(Hook& hook, const at::Tensor& output,
               const std::vector<int64_t>& labels) {
    run_.prediction.output = output;
    run_.batch.target = at::tensor(labels);
    EXPECT_OK(hook.AfterForward(run_));
  }
  void Report(Hook& hook) {
    EXPECT_OK(hook.Report(run_));
    EXPECT_OK(hook.AfterEvaluation(run_));
  }
  std::string Csv() const {
    std::ifstream file(run_.folder + "/confusion_" + run_.split + ".csv");
    return {std::istreambuf_iterator<char>(file), {}};
  }

  toque::Run run_;
};

TEST_F(ConfusionMatrixTest, CountsATruthInItsRowAndAPredictionInItsColumn) {
  const auto hook = MakeOrDie<Hook>("recipe.ConfusionMatrix");
  Forward(*hook, ScoresFor({0, 1, 1, 2, 0, 0}, 3), {0, 0, 1, 1, 2, 2});
  Forward(*hook, ScoresFor({0}, 3), {2});
  Report(*hook);
  // f1: 2/6, 2/4, 0.
  EXPECT_EQ(Csv(),
            "truth \\ prediction,cat,\"dog, wild\",bird\n"
            "cat,1,1,0\n"
            "\"dog, wild\",0,1,1\n"
            "bird,3,0,0\n"
            "\n"
            "class,precision,recall,f1,support\n"
            "cat,0.25,0.5,0.3333333333333333,2\n"
            "\"dog, wild\",0.5,0.5,0.5,2\n"
            "bird,0,0,0,3\n"
            "\n"
            "truth,prediction,count\n"
            "bird,cat,3\n"
            "cat,\"dog, wild\",1\n"
            "\"dog, wild\",bird,1\n");
}

// scikit-learn 1.9: tests/goldens/metrics.py
TEST_F(ConfusionMatrixTest, PublishesTheMeansOverAllClasses) {
  std::vector<double> scores;
  std::vector<int64_t> labels;
  for (int row = 0; row < 40; ++row) {
    labels.push_back((row * 7 + row / 3) % 3);
    for (int column = 0; column < 4; ++column) {
      const double score = std::sin(row * 1.7 + column * 2.3 + row * column);
      scores.push_back(std::nearbyint(score * 10) / 10);
    }
  }
  const auto hook = MakeOrDie<Hook>("recipe.ConfusionMatrix");
  Forward(*hook, at::tensor(scores).reshape({40, 4}), labels);
  Report(*hook);
  EXPECT_THAT(
      run_.metrics,
      ElementsAre(Pair("f1/eval", DoubleNear(0.2225, 1e-12)),
                  Pair("precision/eval", DoubleNear(0.280357142857143, 1e-12)),
                  Pair("recall/eval", DoubleNear(0.188186813186813, 1e-12))));
  EXPECT_THAT(Csv(), HasSubstr("cat,3,6,1,3\n"));
  EXPECT_THAT(Csv(), HasSubstr("\n3,0,0,0,0\n"));
}

TEST_F(ConfusionMatrixTest, NamesTheFivePairsThatAreConfusedMostOften) {
  const auto hook = MakeOrDie<Hook>("recipe.ConfusionMatrix");
  run_.dataset.class_names.clear();
  std::vector<int64_t> predictions, labels;
  for (int64_t label = 0; label < 7; ++label) {
    for (int64_t i = 0; i < label; ++i) {
      labels.push_back(label);
      predictions.push_back(0);
    }
  }
  Forward(*hook, ScoresFor(predictions, 7), labels);
  Report(*hook);
  EXPECT_THAT(Csv(), testing::EndsWith("truth,prediction,count\n"
                                       "6,0,6\n5,0,5\n4,0,4\n3,0,3\n2,0,2\n"));
}

TEST_F(ConfusionMatrixTest, SaysOnceForHowManyClassesADenominatorIsZero) {
  const auto hook = MakeOrDie<Hook>("recipe.ConfusionMatrix");
  const Warnings warnings;
  for (int evaluation = 0; evaluation < 2; ++evaluation) {
    Forward(*hook, ScoresFor({0, 0, 0}, 3), {0, 0, 1});
    Report(*hook);
  }
  EXPECT_THAT(warnings.texts,
              ElementsAre(HasSubstr("eval: 2 of 3 classes have no examples or "
                                    "are never predicted")));
}

// A run reports a few batches before its first step, which are no evaluation.
TEST_F(ConfusionMatrixTest, SaysNothingOfBatchesThatAreOnlyTried) {
  const auto hook = MakeOrDie<Hook>("recipe.ConfusionMatrix");
  const Warnings warnings;
  Forward(*hook, ScoresFor({0}, 3), {0});
  EXPECT_OK(hook->Report(run_));
  EXPECT_THAT(warnings.texts, IsEmpty());
  Forward(*hook, ScoresFor({0, 1}, 3), {0, 1});
  Report(*hook);
  EXPECT_THAT(warnings.texts, ElementsAre(HasSubstr("eval: 1 of 3 classes")));
}

TEST_F(ConfusionMatrixTest, SaysNothingWhereEveryClassIsThere) {
  const auto hook = MakeOrDie<Hook>("recipe.ConfusionMatrix");
  const Warnings warnings;
  Forward(*hook, ScoresFor({1, 2, 0}, 3), {0, 1, 2});
  Report(*hook);
  EXPECT_THAT(warnings.texts, IsEmpty());
}

TEST_F(ConfusionMatrixTest, LeavesOutExamplesWithoutAClass) {
  const auto hook = MakeOrDie<Hook>("recipe.ConfusionMatrix");
  Forward(*hook, ScoresFor({0, 1, 2}, 3), {-100, 1, 2});
  Report(*hook);
  EXPECT_THAT(Csv(), HasSubstr("cat,0,0,0\n\"dog, wild\",0,1,0\nbird,0,0,1\n"));
}

TEST_F(ConfusionMatrixTest, StartsAnewWithEachEvaluationAndKeepsThemApart) {
  const auto hook = MakeOrDie<Hook>("recipe.ConfusionMatrix");
  Forward(*hook, ScoresFor({1}, 2), {0});
  Report(*hook);
  run_.split = "eval_ema";
  run_.bank = 2;
  Forward(*hook, ScoresFor({0}, 2), {0});
  Report(*hook);
  EXPECT_THAT(Csv(), HasSubstr("cat,1,0\n"));
  EXPECT_EQ(run_.metrics["recall/eval_ema"], 0.5);
  run_.split = "eval";
  EXPECT_THAT(Csv(), HasSubstr("cat,0,1\n"));
}

TEST_F(ConfusionMatrixTest, LooksAtEvaluationsAlone) {
  const auto hook = MakeOrDie<Hook>("recipe.ConfusionMatrix");
  run_.phase = Phase::kTrain;
  run_.split = "train";
  run_.batch.target = at::tensor({0.5, 0.5}).unsqueeze(0);
  run_.prediction.output = ScoresFor({1}, 2);
  EXPECT_OK(hook->AfterForward(run_));
  EXPECT_OK(hook->Report(run_));
  EXPECT_THAT(run_.metrics, IsEmpty());
}

TEST_F(ConfusionMatrixTest, RefusesAnEvaluationInWhichNoExampleCounts) {
  const auto hook = MakeOrDie<Hook>("recipe.ConfusionMatrix");
  EXPECT_THAT(hook->Report(run_), FailsWith("f1/eval: no example counts"));
  Forward(*hook, ScoresFor({0, 1}, 3), {-100, -100});
  EXPECT_THAT(hook->Report(run_), FailsWith("f1/eval: no example counts"));
}

TEST_F(ConfusionMatrixTest, DoesNotWaitForTheDeviceInABatch) {
  const auto hook = MakeOrDie<Hook>("recipe.ConfusionMatrix");
  EXPECT_EQ(DeviceReads([&] {
              Forward(*hook, ScoresFor({0, 1, 2}, 3), {-100, 1, 2});
            }),
            0);
}

TEST_F(ConfusionMatrixTest, DrawsAPictureWhereItIsAskedFor) {
  const auto hook = MakeOrDie<Hook>("recipe.ConfusionMatrix", "picture: PNG");
  if (!hook->BeforeTraining(run_).ok()) GTEST_SKIP() << "there is no gnuplot";
  Forward(*hook, ScoresFor({0, 1, 2}, 3), {1, 1, 2});
  Report(*hook);
  std::ifstream file(run_.folder + "/confusion_eval.png", std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  EXPECT_EQ(bytes.substr(0, 8), "\x89PNG\r\n\x1a\n");
}

TEST_F(ConfusionMatrixTest, MissesTheProgramThatDrawsBeforeTheRun) {
  const char* path = std::getenv("PATH");
  const std::string before = path == nullptr ? "" : path;
  setenv("PATH", "", 1);
  EXPECT_THAT(MakeOrDie<Hook>("recipe.ConfusionMatrix", "picture: PNG")
                  ->BeforeTraining(run_),
              FailsWith("gnuplot"));
  EXPECT_OK(MakeOrDie<Hook>("recipe.ConfusionMatrix")->BeforeTraining(run_));
  setenv("PATH", before.c_str(), 1);
}

TEST_F(ConfusionMatrixTest, RefusesTargetsThatAreNoClasses) {
  const auto hook = MakeOrDie<Hook>("recipe.ConfusionMatrix");
  run_.prediction.output = ScoresFor({1}, 2);
  run_.batch.target = at::tensor({0.5, 0.5}).unsqueeze(0);
  EXPECT_THROW((void)hook->AfterForward(run_), c10::Error);
}

}  // namespace
}  // namespace toque
