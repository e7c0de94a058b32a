// //tools:fuse_scores, and the files of scores that //tools:evaluate writes.

#include <cmath>

#include "ATen/ops/tensor.h"
#include "nlohmann/json.hpp"
#include "tests/tools/run_tool.h"
#include "tools/fusion.h"
#include "tools/metrics_file.h"
#include "tools/score_file.h"

namespace toque {
namespace {

using testing::DoubleNear;
using testing::HasSubstr;

// Probabilities, of which the scores are the logarithms; rows of two classes.
using Rows = std::vector<double>;

ScoreFile FileOf(const std::vector<std::string>& names, const Rows& rows,
                 const std::vector<int64_t>& labels) {
  ScoreFile file;
  EXPECT_OK(file.Add(at::tensor(rows).log().view({-1, 2}), at::tensor(labels),
                     names));
  return file;
}

// Three examples, two of class 0.
ScoreFile First() {
  return FileOf({"A/v1.avi", "A/v2.avi", "B/v3.avi"},
                {0.9, 0.1, 0.4, 0.6, 0.3, 0.7}, {0, 0, 1});
}
// The same in another order.
ScoreFile Second(const std::string& name = "A/v2.avi", int64_t label = 0) {
  return FileOf({"B/v3.avi", name, "A/v1.avi"}, {0.6, 0.4, 0.9, 0.1, 0.4, 0.6},
                {1, label, 0});
}

std::string Fault(const ScoreFile& second, NamedBy by = NamedBy::kName) {
  const auto fused = Fuse({{"rgb", 1, First()}, {"flow", 1, second}}, by,
                          FusedAs::kProbabilities);
  return fused.ok() ? "" : std::string(fused.status().message());
}

TEST(FusionTest, AveragesProbabilitiesOfTheSameExamplesByWeight) {
  const auto fused = Fuse({{"rgb", 1, First()}, {"flow", 3, Second()}},
                          NamedBy::kName, FusedAs::kProbabilities);
  ASSERT_OK(fused);
  const Rows expected = {(0.9 + 3 * 0.4) / 4, (0.4 + 3 * 0.9) / 4,
                         (0.3 + 3 * 0.6) / 4};
  for (int64_t i = 0; i < 3; ++i) {
    EXPECT_THAT((*fused)[i][0].item<double>(),
                DoubleNear(expected[static_cast<size_t>(i)], 1e-12));
    EXPECT_THAT((*fused)[i].sum().item<double>(), DoubleNear(1, 1e-12));
  }
}

TEST(FusionTest, AveragesScoresIfTold) {
  const auto fused = Fuse({{"rgb", 1, First()}, {"flow", 1, Second()}},
                          NamedBy::kName, FusedAs::kScores);
  ASSERT_OK(fused);
  EXPECT_THAT((*fused)[0][0].item<double>(),
              DoubleNear(std::log(0.9 * 0.4) / 2, 1e-12));
}

TEST(FusionTest, FiguresAreAccuracyAndItsMeanOverClasses) {
  const ScoreFile file = First();
  const auto figures = FiguresOf(file.scores(), file.labels());
  ASSERT_OK(figures);
  EXPECT_DOUBLE_EQ(figures->accuracy, 2.0 / 3);
  EXPECT_DOUBLE_EQ(figures->mean_class_accuracy, 0.75);
  const ScoreFile some = FileOf({"a", "b"}, {0.9, 0.1, 0.9, 0.1}, {-100, 0});
  const auto counted = FiguresOf(some.scores(), some.labels());
  ASSERT_OK(counted);
  EXPECT_EQ(counted->accuracy, 1);
  EXPECT_EQ(counted->mean_class_accuracy, 1);
  EXPECT_THAT(FiguresOf(some.scores(), at::tensor(std::vector<int64_t>{0, 2})),
              FailsWith("labels must be below 2, got 2"));
  EXPECT_THAT(
      FiguresOf(some.scores(), at::tensor(std::vector<int64_t>{-1, -1})),
      FailsWith("an example must have a class"));
}

TEST(FusionTest, NaNIsWrong) {
  const ScoreFile file =
      FileOf({"a", "b", "c"}, {NAN, 0.5, 0.5, NAN, 0.9, 0.1}, {0, 0, 0});
  const auto figures = FiguresOf(file.scores(), file.labels());
  ASSERT_OK(figures);
  EXPECT_DOUBLE_EQ(figures->accuracy, 1.0 / 3);
}

TEST(FusionTest, RefusesOtherExamples) {
  EXPECT_EQ(Fault(Second()), "");
  EXPECT_EQ(Fault(Second("A/v4.avi")),
            "flow: must have the examples of the first; there is no A/v2.avi");
  EXPECT_EQ(Fault(Second("A/v2.avi", 1)),
            "flow: labels must be those of the first; another is that of "
            "A/v2.avi");
  EXPECT_EQ(Fault(Second("B/v3.avi")),
            "flow: names must be different, got B/v3.avi");
  EXPECT_EQ(Fault(FileOf({"A/v1.avi"}, {0.5, 0.5}, {0})),
            "flow: must have the 3 examples of the first, got 1");
  ScoreFile wide;
  EXPECT_OK(wide.Add(at::tensor(Rows(9, 0.5)).view({3, 3}), First().labels(),
                     First().names()));
  EXPECT_EQ(Fault(wide), "flow: must have the 2 classes of the first, got 3");
}

TEST(FusionTest, NamesMayAgreeWithoutFolderAndExtension) {
  const ScoreFile folders =
      FileOf({"flow/v3", "flow/v1.x/v2", "v1"}, Rows(6, 0.5), {1, 0, 0});
  EXPECT_EQ(Fault(folders, NamedBy::kStem), "");
  EXPECT_NE(Fault(folders), "");
}

TEST(ScoreFileTest, ComesBackAsItWasWritten) {
  const std::string path = TestFolder() + "/scores.safetensors";
  ScoreFile file = First();
  EXPECT_OK(file.Add(at::tensor(Rows{2, 3}).view({1, 2}),
                     at::tensor(Rows{0.2, 0.8}).view({1, 2}), {"soft"}));
  ASSERT_OK(file.Write(path));
  const auto read = ScoreFile::Read(path);
  ASSERT_OK(read);
  EXPECT_EQ(read->names(), file.names());
  EXPECT_EQ(read->names().back(), "soft");
  EXPECT_TRUE(
      read->labels().equal(at::tensor(std::vector<int64_t>{0, 0, 1, 1})));
  EXPECT_TRUE(read->scores().sub(file.scores()).abs().max().item<double>() <
              1e-6);
}

// Makes a run in a folder, with the scores that its model gives; the folder.
std::string RunWithScores(const std::string& run, const std::string& change) {
  EXPECT_EQ(RunTool({"experiments/synthetic_mlp", "--run_dir=" + run,
                     "--set=steps: 30", "--set=" + change})
                .status,
            0);
  const ToolRun evaluated =
      RunTool({"tools/evaluate", "--run_dir=" + run, "--checkpoint=last",
               "--scores=" + run + "/scores.safetensors"});
  EXPECT_EQ(evaluated.status, 0) << evaluated.output;
  return run;
}

TEST(FuseScoresTest, FusesWhatEvaluateWrites) {
  const std::string folder = TestFolder();
  const std::string one = RunWithScores(folder + "/one", "seed: 1");
  const std::string two = RunWithScores(folder + "/two", "seed: 2");
  const ToolRun run =
      RunTool({"tools/fuse_scores", "--run=" + one + ":2",
               "--run=" + two + "/scores.safetensors", "--json"});
  ASSERT_EQ(run.status, 0) << run.output;
  const auto json = nlohmann::json::parse(run.output);
  const auto accuracy = [](const nlohmann::json& of) {
    return of["accuracy"].get<double>();
  };
  EXPECT_EQ(json["runs"][0]["weight"], 2);
  EXPECT_EQ(json["runs"][1]["weight"], 1);
  EXPECT_NEAR(accuracy(json["runs"][0]),
              LastMetric(one, "accuracy/eval").value_or(-1), 1e-9);
  EXPECT_NEAR(accuracy(json["runs"][1]),
              LastMetric(two, "accuracy/eval").value_or(-1), 1e-9);
  const auto a = ScoreFile::Read(one + "/scores.safetensors");
  const auto b = ScoreFile::Read(two + "/scores.safetensors");
  ASSERT_OK(a);
  ASSERT_OK(b);
  const at::Tensor predicted =
      a->scores().softmax(1).mul(2).add(b->scores().softmax(1)).argmax(1);
  EXPECT_NEAR(accuracy(json["fused"]),
              predicted.eq(a->labels()).to(at::kDouble).mean().item<double>(),
              1e-9);
  EXPECT_THAT(
      RunTool({"tools/fuse_scores", "--run=" + one, "--run=" + two}).output,
      HasSubstr("mean class accuracy"));
}

TEST(FuseScoresTest, SaysWhatIsWrong) {
  const auto fault = [](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "tools/fuse_scores");
    const ToolRun run = RunTool(arguments);
    EXPECT_EQ(run.status, 1);
    return run.output;
  };
  EXPECT_THAT(fault({"--run=a"}), HasSubstr("--run must be given at least "
                                            "twice"));
  EXPECT_THAT(fault({"--run=a:0", "--run=b"}),
              HasSubstr("--run: the weight must be finite and above 0, got "
                        "a:0"));
  EXPECT_THAT(fault({"--run=a", "--run=b", "--average=odds"}),
              HasSubstr("--average must be probabilities or scores, got odds"));
  EXPECT_THAT(fault({"--run=a", "--run=b", "--names=path"}),
              HasSubstr("--names must be name or stem, got path"));
  EXPECT_THAT(fault({"--run=" + TestFolder(), "--run=b"}),
              HasSubstr("scores.safetensors"));
}

}  // namespace
}  // namespace toque
