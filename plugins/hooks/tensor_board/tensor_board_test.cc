#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>

#include "framework/core/hook.h"
#include "framework/tensorboard/event_file.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

using tensorboard::Event;
using tensorboard::SessionLog;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

// The number in the first bytes, which are taken off.
template <typename Number>
Number Take(std::string_view* bytes) {
  Number number = 0;
  EXPECT_GE(bytes->size(), sizeof number);
  for (size_t i = 0; i < sizeof number; ++i) {
    number |= Number{static_cast<uint8_t>((*bytes)[i])} << (8 * i);
  }
  bytes->remove_prefix(sizeof number);
  return number;
}

// The events of a file, whose sums must be right.
std::vector<Event> ReadEvents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  std::vector<Event> events;
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view length = rest.substr(0, 8);
    const auto size = Take<uint64_t>(&rest);
    EXPECT_EQ(Take<uint32_t>(&rest), MaskedCrc32c(length));
    const std::string_view data = rest.substr(0, size);
    rest.remove_prefix(size);
    EXPECT_EQ(Take<uint32_t>(&rest), MaskedCrc32c(data));
    EXPECT_TRUE(events.emplace_back().ParseFromString(std::string(data)));
  }
  return events;
}

// Those of each file in a folder, in the order of the names.
std::vector<std::vector<Event>> ReadFolder(const std::string& folder) {
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<std::vector<Event>> files;
  for (const std::string& path : paths) files.push_back(ReadEvents(path));
  return files;
}

// "10: lr/base=0.5 loss/train=2".
std::string Text(const Event& event) {
  std::string text = absl::StrCat(event.step(), ":");
  for (const auto& value : event.summary().value()) {
    absl::StrAppend(&text, " ", value.tag(), "=", value.simple_value());
  }
  return text;
}

class TensorBoardTest : public testing::Test {
 protected:
  TensorBoardTest() { run_.folder = TestFolder(); }

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
  // Of the only file.
  std::vector<Event> Events() {
    const auto files = ReadFolder(run_.folder + "/tensorboard");
    EXPECT_THAT(files, SizeIs(1));
    return files.empty() ? std::vector<Event>() : files[0];
  }

  toque::Run run_;
};

TEST_F(TensorBoardTest, WritesOneEventForEachIntervalAndEvaluation) {
  const auto hook = MakeOrDie<Hook>("recipe.TensorBoard");
  ASSERT_OK(hook->BeforeTraining(run_));
  EXPECT_OK(hook->AfterStep(run_));
  Log(*hook, 10, {{"loss/train", 2}, {"lr/base", 0.5}});
  Log(*hook, 20, {{"loss/train", 1.5}, {"examples_per_second", 1000}});
  Evaluate(*hook, "eval", {{"loss/eval", 3}, {"accuracy/eval", 0.25}});
  Evaluate(*hook, "eval_ema", {{"loss/eval_ema", 4}});

  std::vector<std::string> texts;
  for (const Event& event : Events()) {
    if (event.has_summary()) texts.push_back(Text(event));
    EXPECT_GT(event.wall_time(), 1.5e9);
  }
  EXPECT_THAT(texts, ElementsAre("10: loss/train=2 lr/base=0.5",
                                 "20: examples_per_second=1000 loss/train=1.5",
                                 "20: accuracy/eval=0.25 loss/eval=3",
                                 "20: loss/eval_ema=4"));
}

TEST_F(TensorBoardTest, WritesNumbersThatAreNotFiniteAsTheyAre) {
  using Limits = std::numeric_limits<double>;
  const auto hook = MakeOrDie<Hook>("recipe.TensorBoard");
  ASSERT_OK(hook->BeforeTraining(run_));
  Log(*hook, 1,
      {{"a/train", Limits::quiet_NaN()},
       {"b/train", -Limits::infinity()},
       {"c/train", 1e300}});
  const std::vector<Event> events = Events();
  const auto& values = events.back().summary().value();
  ASSERT_THAT(values, SizeIs(3));
  EXPECT_TRUE(std::isnan(values[0].simple_value()));
  EXPECT_EQ(values[1].simple_value(), -std::numeric_limits<float>::infinity());
  EXPECT_EQ(values[2].simple_value(), std::numeric_limits<float>::infinity());
}

TEST_F(TensorBoardTest, ReplacesWhatLaterStepsOfAnEarlierStartSaid) {
  for (const int64_t start : {0, 30}) {
    run_.progress.step = start;
    const auto hook = MakeOrDie<Hook>("recipe.TensorBoard");
    ASSERT_OK(hook->BeforeTraining(run_));
    Log(*hook, start + 10, {{"loss/train", 1}});
  }
  const auto files = ReadFolder(run_.folder + "/tensorboard");
  ASSERT_THAT(files, SizeIs(2));
  for (const auto& events : files) {
    ASSERT_THAT(events, SizeIs(3));
    EXPECT_EQ(events[0].file_version(), "brain.Event:2");
    EXPECT_EQ(events[1].session_log().status(), SessionLog::START);
  }
  EXPECT_EQ(files[1][1].step(), 31);
}

TEST_F(TensorBoardTest, WritesIntoTheFolderThatItIsGiven) {
  const std::string folder = run_.folder + "/elsewhere";
  for (const std::string& option : {folder, std::string("curves")}) {
    const auto hook =
        MakeOrDie<Hook>("recipe.TensorBoard", "folder: '" + option + "'");
    ASSERT_OK(hook->BeforeTraining(run_));
  }
  EXPECT_THAT(ReadFolder(folder), SizeIs(1));
  EXPECT_THAT(ReadFolder(run_.folder + "/curves"), SizeIs(1));
}

TEST_F(TensorBoardTest, WritesNothingWhereTheRunHasNoFolder) {
  const std::string folder = run_.folder;
  run_.folder.clear();
  const auto hook =
      MakeOrDie<Hook>("recipe.TensorBoard", "folder: '" + folder + "'");
  ASSERT_OK(hook->BeforeTraining(run_));
  Log(*hook, 10, {{"loss/train", 1}});
  EXPECT_THAT(ReadFolder(folder), IsEmpty());
}

}  // namespace
}  // namespace toque
