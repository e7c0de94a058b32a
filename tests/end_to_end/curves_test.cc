// Every file of a run's metrics says the same, also where it was resumed.

#include <fstream>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/str_split.h"
#include "framework/trainer/checkpoint.h"
#include "tests/end_to_end/small_run.h"
#include "tools/metrics_file.h"

namespace toque {
namespace {

// Step, split, metric, value. What has no split is of training.
using Row = std::tuple<int64_t, std::string, std::string, double>;

std::multiset<Row> LoggedRows(const std::string& folder) {
  const auto curves = ReadCurves(folder);
  EXPECT_OK(curves);
  std::multiset<Row> rows;
  for (const auto& [name, curve] : *curves) {
    if (name == "step" || name == "epoch") continue;
    std::string metric = name, split = "train";
    const size_t slash = name.rfind('/');
    if (slash != name.npos && !name.starts_with("lr/")) {
      metric = name.substr(0, slash);
      split = name.substr(slash + 1);
    }
    for (const auto& [step, value] : curve) {
      rows.emplace(static_cast<int64_t>(step), split, metric, value);
    }
  }
  return rows;
}

std::multiset<Row> CsvRows(const std::string& folder) {
  std::ifstream file(folder + "/metrics.csv");
  std::string line;
  std::getline(file, line);
  std::multiset<Row> rows;
  while (std::getline(file, line)) {
    const std::vector<std::string> cells = absl::StrSplit(line, ',');
    rows.emplace(std::stoll(cells[0]), cells[2], cells[3], std::stod(cells[4]));
  }
  return rows;
}

// Those of `outcome` that are of evaluations.
Metrics OfEvaluations(const Outcome& outcome) {
  Metrics metrics;
  for (const auto& [name, value] : outcome.metrics) {
    if (name.ends_with("/eval")) metrics.emplace(name, value);
  }
  return metrics;
}

// Batches that are tried with the untrained model are in no figure.
TEST(CurvesTest, ReportsTheSameWithAndWithoutTryingTheEvaluation) {
  const std::string folder = TestFolder();
  const std::string hooks =
      "epochs: 1 hook { [type.googleapis.com/recipe.ConfusionMatrix] {} } "
      "hook { [type.googleapis.com/recipe.AveragePrecision] {} }";
  const auto tried = RunExperiment(SmallExperiment({hooks}), folder + "/tried");
  const auto untried = RunExperiment(
      SmallExperiment({hooks, "sanity_batches: 0"}), folder + "/untried");
  ASSERT_OK(tried);
  ASSERT_OK(untried);
  EXPECT_TRUE(tried->metrics.contains("f1/eval"));
  EXPECT_EQ(OfEvaluations(*tried), OfEvaluations(*untried));
  for (const char* file :
       {"/confusion_eval.csv", "/average_precision_eval.csv"}) {
    const std::string text = ReadBytes(folder + "/tried" + file);
    EXPECT_FALSE(text.empty()) << file;
    EXPECT_EQ(text, ReadBytes(folder + "/untried" + file)) << file;
  }
}

constexpr char kCsv[] = "hook { [type.googleapis.com/recipe.Csv] {} }";

TEST(CurvesTest, TheTableSaysWhatTheLogSays) {
  const std::string folder = TestFolder() + "/run";
  ASSERT_OK(RunExperiment(SmallExperiment({kCsv}), folder));
  const auto rows = CsvRows(folder);
  EXPECT_EQ(rows, LoggedRows(folder));
  EXPECT_EQ(rows.size(), std::set(rows.begin(), rows.end()).size());
  EXPECT_GT(rows.size(), 12u);
}

TEST(CurvesTest, TheTableSaysWhatTheLogSaysAfterAResume) {
  const std::string folder = TestFolder() + "/run";
  const Experiment experiment =
      SmallExperiment({kCsv,
                       "hook { [type.googleapis.com/recipe.Checkpoint] "
                       "{ every_epochs: 1 } }"});
  ASSERT_OK(RunExperiment(experiment, folder));
  for (const char* name : {"epoch_0001", "last"}) {
    const auto trainer = MakeTrainer(experiment, folder);
    ASSERT_OK(trainer);
    const auto checkpoint = ReadCheckpoint(
        absl::StrCat(folder, "/checkpoints/", name, ".safetensors"));
    ASSERT_OK(checkpoint);
    ASSERT_OK((*trainer)->Resume(*checkpoint));
    ASSERT_OK((*trainer)->Train());
    EXPECT_EQ(CsvRows(folder), LoggedRows(folder)) << name;
  }
}

TEST(CurvesTest, ARunThatAHookEndedIsEvaluatedOnceInItsTable) {
  const std::string folder = TestFolder() + "/run";
  const Experiment experiment =
      SmallExperiment({kCsv,
                       "hook { [type.googleapis.com/recipe.EarlyStopping] "
                       "{ metric: 'loss/eval' mode: MIN divergence: 0 } }"});
  ASSERT_OK(RunExperiment(experiment, folder));
  const auto rows = CsvRows(folder);
  const auto trainer = MakeTrainer(experiment, folder);
  ASSERT_OK(trainer);
  const auto checkpoint =
      ReadCheckpoint(folder + "/checkpoints/last.safetensors");
  ASSERT_OK(checkpoint);
  ASSERT_OK((*trainer)->Resume(*checkpoint));
  ASSERT_OK((*trainer)->Train());
  EXPECT_EQ((*trainer)->run().progress.step, 10);
  EXPECT_EQ(CsvRows(folder), rows);
}

TEST(CurvesTest, TheDiagonalOfTheConfusionMatrixIsTheAccuracy) {
  const std::string folder = TestFolder() + "/run";
  const auto outcome = RunExperiment(
      SmallExperiment(
          {"hook { [type.googleapis.com/recipe.ConfusionMatrix] {} }"}),
      folder);
  ASSERT_OK(outcome);
  std::ifstream file(folder + "/confusion_eval.csv");
  std::string line;
  std::getline(file, line);
  double right = 0, all = 0;
  for (size_t truth = 0; truth < 3; ++truth) {
    std::getline(file, line);
    const std::vector<std::string> cells = absl::StrSplit(line, ',');
    ASSERT_EQ(cells.size(), 4u);
    for (size_t i = 0; i < 3; ++i) all += std::stod(cells[i + 1]);
    right += std::stod(cells[truth + 1]);
  }
  EXPECT_EQ(all, 20);
  EXPECT_DOUBLE_EQ(right / all, outcome->metrics.at("accuracy/eval"));
}

}  // namespace
}  // namespace toque
