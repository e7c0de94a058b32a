// The command line of an experiment: run folders, the metrics file, resuming.

#include "framework/command/command.h"

#include <filesystem>
#include <sstream>

#include "framework/command/past_run.h"
#include "framework/weights/safetensors.h"
#include "nlohmann/json.hpp"
#include "tests/end_to_end/small_run.h"

namespace toque {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::HasSubstr;
using testing::MatchesRegex;

class CommandTest : public testing::Test {
 protected:
  // What the command leaves behind.
  struct Result {
    int status = 0;
    std::string out;
    std::string error;
  };

  static Result Execute(Command command) {
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    Result result;
    result.status = RunCommand(command);
    result.out = testing::internal::GetCapturedStdout();
    result.error = testing::internal::GetCapturedStderr();
    return result;
  }

  Command Start(const std::string& folder,
                const std::string& change = "") const {
    Command command;
    command.name = "small";
    command.file_name = "small.textproto";
    command.text = SmallExperimentText();
    command.run_dir = folder;
    if (!change.empty()) command.overrides = {change};
    return command;
  }
  Command Resume(const std::string& folder,
                 const std::string& change = "") const {
    Command command = Start(folder, change);
    command.text = "";
    command.resume = true;
    return command;
  }

  // A run of one epoch.
  std::string ShortRun() const {
    const Result result = Execute(Start(folder_ + "/run", "epochs: 1"));
    EXPECT_EQ(result.status, 0) << result.error;
    return folder_ + "/run";
  }

  static std::vector<json> Lines(const std::string& folder) {
    std::istringstream text(ReadBytes(folder + "/metrics.jsonl"));
    std::vector<json> lines;
    for (std::string line; std::getline(text, line);) {
      lines.push_back(json::parse(line));
    }
    return lines;
  }

  const std::string folder_ = TestFolder();
};

TEST_F(CommandTest, LeavesTheWholeRunInItsFolder) {
  const std::string run = ShortRun();
  for (const char* file :
       {"experiment.textproto", "environment.json", "metrics.jsonl",
        "checkpoints/last.safetensors", "checkpoints/best.safetensors"}) {
    EXPECT_TRUE(fs::exists(run + "/" + file)) << file;
  }
  const auto experiment = ExperimentOf(run);
  ASSERT_OK(experiment);
  EXPECT_EQ(experiment->SerializeAsString(),
            SmallExperiment({"epochs: 1"}).SerializeAsString());
}

TEST_F(CommandTest, EndsWithALineOfTheResult) {
  const Result result = Execute(Start(folder_ + "/run"));
  EXPECT_EQ(result.status, 0) << result.error;
  EXPECT_THAT(result.out,
              MatchesRegex("done: accuracy/eval [0-9]+\\.[0-9][0-9]%, "
                           "[0-9]+ s, .*/run\n"));
}

TEST_F(CommandTest, WritesALineOfMetricsEachIntervalAndEvaluation) {
  const std::vector<json> lines = Lines(ShortRun());
  ASSERT_EQ(lines.size(), 3u);
  for (const json& line : {lines[0], lines[1]}) {
    for (const char* name :
         {"loss/train", "lr/base", "accuracy/train", "examples_per_second"}) {
      EXPECT_TRUE(line.contains(name)) << name << " in " << line;
    }
    EXPECT_FALSE(line.contains("loss/eval")) << line;
  }
  EXPECT_EQ(lines[0]["step"], 5);
  EXPECT_EQ(lines[0]["epoch"], 0.5);
  EXPECT_EQ(lines[1]["step"], 10);
  EXPECT_EQ(lines[2]["step"], 10);
  EXPECT_EQ(lines[2]["epoch"], 1);
  EXPECT_TRUE(lines[2].contains("loss/eval"));
  EXPECT_TRUE(lines[2].contains("accuracy/eval"));
  EXPECT_FALSE(lines[2].contains("loss/train"));
}

TEST_F(CommandTest, CutsTheMetricsBackToTheCheckpointOnResume) {
  const std::string run = ShortRun();
  // As of a run that was killed later, in the middle of a line.
  const std::string path = run + "/metrics.jsonl";
  const std::string before = ReadBytes(path);
  WriteBytes(path, before + "{\"step\":15,\"epoch\":1.5}\n{\"step\":2");
  ASSERT_EQ(Execute(Resume(run, "epochs: 2")).status, 0);
  const std::string after = ReadBytes(path);
  EXPECT_EQ(after.substr(0, before.size()), before);
  std::vector<int> steps;
  for (const json& line : Lines(run)) steps.push_back(line["step"]);
  EXPECT_THAT(steps, testing::ElementsAre(5, 10, 10, 15, 20, 20));
}

TEST_F(CommandTest, ResumedRunEndsAsAnUninterruptedOne) {
  const std::string constant = "remove: 'recipe.LinearDecay' ";
  ASSERT_EQ(Execute(Start(folder_ + "/whole", constant)).status, 0);
  ASSERT_EQ(Execute(Start(folder_ + "/part", constant + "epochs: 1")).status,
            0);
  const Result result = Execute(Resume(folder_ + "/part", "epochs: 2"));
  EXPECT_EQ(result.status, 0) << result.error;
  EXPECT_THAT(result.error, HasSubstr("going on after step 10"));
  EXPECT_EQ(LastCheckpoint(folder_ + "/part"),
            LastCheckpoint(folder_ + "/whole"));
}

TEST_F(CommandTest, LeavesAFinishedRunAsItIs) {
  const std::string run = ShortRun();
  const std::string metrics = ReadBytes(run + "/metrics.jsonl");
  const std::string environment = ReadBytes(run + "/environment.json");
  for (const char* same : {"", "epochs: 1"}) {
    const Result result = Execute(Resume(run, same));
    EXPECT_EQ(result.status, 0) << result.error;
    EXPECT_EQ(result.out, "finished already: " + run +
                              "; --resume --set='epochs: N' with N above 1 "
                              "trains longer\n");
    EXPECT_EQ(ReadBytes(run + "/metrics.jsonl"), metrics);
    EXPECT_EQ(ReadBytes(run + "/environment.json"), environment);
  }
  // Where the experiment is another one there is something to do.
  const Result changed = Execute(Resume(run, "eval { batch_size: 5 }"));
  EXPECT_THAT(changed.out, HasSubstr("done: accuracy/eval"));
  EXPECT_THAT(Execute(Resume(run, "epochs: 2")).out, HasSubstr("done: "));
}

TEST_F(CommandTest, EvaluatesARunThatWasKilledAfterItsLastStep) {
  const std::string run = ShortRun();
  const std::string metrics = ReadBytes(run + "/metrics.jsonl");
  fs::remove(run + "/environment.json");
  const Result result = Execute(Resume(run));
  EXPECT_THAT(result.error, HasSubstr("going on after step 10"));
  EXPECT_THAT(result.out, HasSubstr("done: accuracy/eval"));
  EXPECT_EQ(ReadBytes(run + "/metrics.jsonl"), metrics);
}

TEST_F(CommandTest, StartsAnewWhereThereIsNoCheckpointYet) {
  const std::string run = ShortRun();
  const std::string expected = LastCheckpoint(run);
  fs::remove_all(run + "/checkpoints");
  const Result result = Execute(Resume(run));
  EXPECT_EQ(result.status, 0) << result.error;
  EXPECT_THAT(result.error, HasSubstr("no checkpoint yet"));
  EXPECT_EQ(LastCheckpoint(run), expected);
}

TEST_F(CommandTest, RefusesAFolderThatHoldsARun) {
  const std::string run = ShortRun();
  const Result result = Execute(Start(run));
  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.error, HasSubstr("holds a run already; --resume goes on"));
}

TEST_F(CommandTest, RefusesAFolderThatCannotBeMade) {
  WriteBytes(folder_ + "/file", "");
  const Result result = Execute(Start(folder_ + "/file/run"));
  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.error, HasSubstr("the run folder can't be made"));
}

TEST_F(CommandTest, RefusesToResumeWhereThereIsNoRun) {
  const Result result = Execute(Resume(folder_));
  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.error, HasSubstr("is no run folder"));
}

TEST_F(CommandTest, WritesNothingWhenTheExperimentIsWrong) {
  const Result result =
      Execute(Start(folder_ + "/run", "train { batch_size: 0 }"));
  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.error, HasSubstr("batch_size must be at least 1, got 0"));
  EXPECT_FALSE(fs::exists(folder_ + "/run"));
}

TEST_F(CommandTest, WritesNothingWhenAnOptionDoesNotFitTheRun) {
  const std::string change =
      "hook { [type.googleapis.com/recipe.WarmUp] { length: 99 } }";
  const Result result = Execute(Start(folder_ + "/new", change));
  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.error, HasSubstr("length must be at most the run's"));
  EXPECT_FALSE(fs::exists(folder_ + "/new"));

  const std::string run = ShortRun();
  const std::string before = ReadBytes(run + "/experiment.textproto");
  EXPECT_EQ(Execute(Resume(run, change)).status, 1);
  EXPECT_EQ(ReadBytes(run + "/experiment.textproto"), before);
}

TEST_F(CommandTest, WritesDownHowTheRunEnded) {
  const std::string text = ReadBytes(ShortRun() + "/environment.json");
  EXPECT_EQ(json::parse(text).at("end"), "finished");
}

TEST_F(CommandTest, RefusesADamagedCheckpointByItsPath) {
  const std::string run = ShortRun();
  const std::string path = run + "/checkpoints/last.safetensors";
  const std::string whole = ReadBytes(path);
  std::string flipped = whole;
  flipped[whole.size() - 3] ^= 0x10;
  for (const std::string& damaged :
       {std::string(), whole.substr(0, 5), whole.substr(0, whole.size() / 2),
        whole.substr(0, whole.size() - 1), flipped}) {
    WriteBytes(path, damaged);
    const Result result = Execute(Resume(run, "epochs: 2"));
    EXPECT_EQ(result.status, 1);
    EXPECT_THAT(result.error, HasSubstr(path));
    EXPECT_EQ(ReadBytes(path), damaged);
  }
}

TEST_F(CommandTest, RefusesACheckpointOfSomethingElse) {
  const std::string run = ShortRun();
  const std::string path = run + "/checkpoints/last.safetensors";
  ASSERT_OK(WriteSafetensors(path, State()));
  const Result result = Execute(Resume(run));
  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.error, HasSubstr(path + ": is not a checkpoint of Toque"));
}

TEST_F(CommandTest, RefusesToResumeWithAnotherModelAndKeepsTheExperiment) {
  const std::string run = ShortRun();
  const std::string before = ReadBytes(run + "/experiment.textproto");
  const Result wider = Execute(
      Resume(run, "model { [type.googleapis.com/recipe.Mlp] { hidden: 17 } }"));
  EXPECT_EQ(wider.status, 1);
  EXPECT_THAT(wider.error,
              HasSubstr("\"model.net.1.weight\" must have the model's shape "
                        "[17, 8], got [16, 8]"));
  // Of images, which the data set has none of.
  const Result other =
      Execute(Resume(run, "model { [type.googleapis.com/recipe.ConvNet] {} }"));
  EXPECT_EQ(other.status, 1);
  EXPECT_THAT(other.error,
              HasSubstr("last.safetensors: was made with model recipe.Mlp, and "
                        "the experiment has recipe.ConvNet"));
  const Result optimizer = Execute(Resume(
      run, "optimizer { [type.googleapis.com/recipe.AdamW] { lr: 0.1 } }"));
  EXPECT_EQ(optimizer.status, 1);
  EXPECT_THAT(optimizer.error,
              HasSubstr("was made with optimizer recipe.Sgd, and the "
                        "experiment has recipe.AdamW"));
  EXPECT_EQ(ReadBytes(run + "/experiment.textproto"), before);
}

}  // namespace
}  // namespace toque
