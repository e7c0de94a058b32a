#include <filesystem>
#include <fstream>
#include <limits>

#include "framework/core/hook.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

using Limits = std::numeric_limits<double>;

constexpr char kHeader[] = "step,epoch,split,metric,value\n";

class CsvTest : public testing::Test {
 protected:
  CsvTest() {
    run_.folder = TestFolder();
    run_.progress = {.steps_per_epoch = 20, .total_steps = 40};
  }

  // A start of the run after `step`.
  std::unique_ptr<Hook> Start(int64_t step) {
    run_.progress.step = step;
    auto hook = MakeOrDie<Hook>("recipe.Csv");
    EXPECT_OK(hook->BeforeTraining(run_));
    return hook;
  }
  void Log(Hook& hook, int64_t step, Metrics metrics) {
    run_.progress.step = step;
    run_.metrics = std::move(metrics);
    EXPECT_OK(hook.AfterLog(run_));
  }
  void Evaluate(Hook& hook, const std::string& split, const Metrics& metrics) {
    run_.phase = Phase::kEvaluate;
    run_.split = split;
    run_.metrics.insert(metrics.begin(), metrics.end());
    EXPECT_OK(hook.AfterEvaluation(run_));
    run_.phase = Phase::kTrain;
    run_.split = "train";
  }
  std::string Path() const { return run_.folder + "/metrics.csv"; }
  // The file without its header.
  std::string Lines() const {
    std::ifstream file(Path(), std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    EXPECT_THAT(text, testing::StartsWith(kHeader));
    return text.substr(std::min(text.size(), sizeof kHeader - 1));
  }

  toque::Run run_;
};

TEST_F(CsvTest, WritesALineForEachMetricOfAnIntervalOrEvaluation) {
  const auto hook = Start(0);
  Log(*hook, 10, {{"loss/train", 0.1}, {"lr/base", 0.5}, {"loss/eval", 9}});
  Evaluate(*hook, "eval_ema", {{"loss/eval_ema", 3}});
  EXPECT_EQ(Lines(),
            "10,0.5,train,loss,0.1\n"
            "10,0.5,train,lr/base,0.5\n"
            "10,0.5,eval_ema,loss,3\n");
}

TEST_F(CsvTest, TakesMetricsThatAppearInMidRun) {
  const auto hook = Start(0);
  Log(*hook, 20, {{"loss/train", 1}});
  Log(*hook, 40, {{"accuracy/train", 0.5}, {"loss/train", 1}});
  EXPECT_EQ(Lines(),
            "20,1,train,loss,1\n"
            "40,2,train,accuracy,0.5\n"
            "40,2,train,loss,1\n");
}

TEST_F(CsvTest, NamesNumbersThatAreNotFinite) {
  const auto hook = Start(0);
  Log(*hook, 20,
      {{"a/train", Limits::quiet_NaN()},
       {"b/train", Limits::infinity()},
       {"c/train", -Limits::infinity()}});
  EXPECT_EQ(Lines(), "20,1,train,a,nan\n20,1,train,b,inf\n20,1,train,c,-inf\n");
}

TEST_F(CsvTest, QuotesANameWithAComma) {
  const auto hook = Start(0);
  Log(*hook, 20, {{"lr/weights, biases", 1}});
  EXPECT_EQ(Lines(), "20,1,train,\"lr/weights, biases\",1\n");
}

TEST_F(CsvTest, IsCutBackToTheStepWhereTheRunGoesOn) {
  Metrics metrics = {{"loss/train", 1}};
  auto hook = Start(0);
  for (const int64_t step : {10, 20, 30}) Log(*hook, step, metrics);
  Evaluate(*hook, "eval", {{"loss/eval", 1}});
  hook.reset();
  std::ofstream(Path(), std::ios::app) << "30,1.5,train,lo";

  hook = Start(20);
  EXPECT_EQ(Lines(), "10,0.5,train,loss,1\n20,1,train,loss,1\n");
  Log(*hook, 30, {{"loss/train", 2}});
  EXPECT_THAT(Lines(), testing::EndsWith("\n30,1.5,train,loss,2\n"));
}

TEST_F(CsvTest, KeepsTheEvaluationOfTheStepWhereTheRunGoesOn) {
  auto hook = Start(0);
  Log(*hook, 20, {{"loss/train", 1}});
  Evaluate(*hook, "eval", {{"loss/eval", 2}});
  const std::string before = Lines();
  hook = Start(20);
  EXPECT_EQ(Lines(), before);
}

// Also where a hook ended the run before its last step.
TEST_F(CsvTest, ReplacesTheEvaluationsThatAResumedRunDoesAgain) {
  for (const int64_t end : {40, 20}) {
    auto hook = Start(0);
    Log(*hook, end, {{"loss/train", 1}});
    Evaluate(*hook, "eval", {{"loss/eval", 2}});
    Evaluate(*hook, "test", {{"loss/test", 3}});
    const std::string before = Lines();
    hook = Start(end);
    run_.metrics = {{"loss/train", 1}};
    Evaluate(*hook, "eval", {{"loss/eval", 2}});
    Evaluate(*hook, "test", {{"loss/test", 3}});
    EXPECT_EQ(Lines(), before);
  }
}

TEST_F(CsvTest, WritesNothingWhereTheRunHasNoFolder) {
  const std::string path = Path();
  run_.folder.clear();
  const auto hook = MakeOrDie<Hook>("recipe.Csv", "file: '" + path + "'");
  EXPECT_OK(hook->BeforeTraining(run_));
  Log(*hook, 10, {{"loss/train", 1}});
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST_F(CsvTest, MakesTheFoldersOfItsFile) {
  const auto hook = MakeOrDie<Hook>("recipe.Csv", "file: 'a/b/x.csv'");
  EXPECT_OK(hook->BeforeTraining(run_));
  EXPECT_TRUE(std::filesystem::exists(run_.folder + "/a/b/x.csv"));
}

TEST_F(CsvTest, NamesAFileThatCantBeWritten) {
  std::ofstream(run_.folder + "/none") << "a file";
  const auto hook = MakeOrDie<Hook>("recipe.Csv", "file: 'none/metrics.csv'");
  EXPECT_THAT(hook->BeforeTraining(run_),
              FailsWith("none/metrics.csv: can't be written: "));
}

TEST_F(CsvTest, RefusesAnEmptyName) {
  EXPECT_THAT(Make<Hook>("recipe.Csv", "file: ''"),
              FailsWith("file must be given"));
}

}  // namespace
}  // namespace toque
