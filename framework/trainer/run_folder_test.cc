#include "framework/trainer/run_folder.h"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <set>

#include "framework/testing/testing.h"

namespace toque {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;

std::set<std::string> NamesIn(const std::string& folder) {
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) {
    names.insert(entry.path().filename());
  }
  return names;
}

TEST(MakeRunFolderTest, RemovesWhatAKilledRunLeftHalfWritten) {
  const std::string run = TestFolder() + "/run";
  ASSERT_OK(MakeRunFolder(run));
  const std::string checkpoints = run + "/checkpoints";
  for (const std::string& folder : {run, checkpoints}) {
    for (const char* name : {"/whole.json", "/whole.json.tmp12", "/notes.tmp",
                             "/a.tmpfile", "/last.safetensors.tmp345"}) {
      std::ofstream(folder + name) << "text";
    }
  }
  ASSERT_OK(MakeRunFolder(run));
  EXPECT_THAT(NamesIn(run), ElementsAre("a.tmpfile", "checkpoints", "notes.tmp",
                                        "whole.json"));
  EXPECT_THAT(NamesIn(checkpoints),
              ElementsAre("a.tmpfile", "notes.tmp", "whole.json"));
}

TEST(MakeRunFolderTest, RefusesAFolderThatMustBeNew) {
  const std::string run = TestFolder() + "/run";
  ASSERT_OK(MakeRunFolder(run, /*must_be_new=*/true));
  EXPECT_THAT(MakeRunFolder(run, /*must_be_new=*/true),
              FailsWith("another run was begun in the same second"));
}

class NewestRunFolderTest : public testing::Test {
 protected:
  // A run's folder, as far as it is looked at.
  void Run(const std::string& name, const std::string& environment) const {
    fs::create_directories(runs_ + name);
    std::ofstream(runs_ + name + "/experiment.textproto") << "epochs: 1";
    if (environment.empty()) return;
    std::ofstream(runs_ + name + "/environment.json") << environment;
  }
  std::string Newest() const {
    const auto newest = NewestRunFolder(base_, "small");
    EXPECT_OK(newest);
    return fs::path(newest.value_or("")).filename();
  }

  const std::string base_ = TestFolder();
  const std::string runs_ = base_ + "/runs/small/";
};

TEST_F(NewestRunFolderTest, IsTheOneThatWasBegunLastWhateverItsName) {
  Run("seed_0", R"({"started": ["2026-01-01T00:00:00Z"]})");
  Run("2026-01-02_00-00-00",
      R"({"started": ["2026-01-02T00:00:00Z", "2026-01-09T00:00:00Z"]})");
  EXPECT_EQ(Newest(), "2026-01-02_00-00-00");
  Run("again", R"({"started": ["2026-01-03T00:00:00Z"]})");
  EXPECT_EQ(Newest(), "again");
  Run("again_02", R"({"started": ["2026-01-03T00:00:00Z"]})");
  EXPECT_EQ(Newest(), "again_02");
}

TEST_F(NewestRunFolderTest, GoesByTheFileWhereTheEnvironmentTellsNothing) {
  Run("a", R"({"started": ["2026-01-01T00:00:00Z"]})");
  Run("b", R"({"started": "yes"})");
  Run("c", "");
  const auto written = fs::last_write_time(runs_ + "a/experiment.textproto");
  const auto years = std::chrono::hours(24 * 366 * 50);
  fs::last_write_time(runs_ + "b/experiment.textproto", written - years);
  fs::last_write_time(runs_ + "c/experiment.textproto", written + years);
  EXPECT_EQ(Newest(), "c");
  fs::remove_all(runs_ + "c");
  EXPECT_EQ(Newest(), "a");
}

TEST_F(NewestRunFolderTest, PassesOverWhatIsNoRun) {
  EXPECT_THAT(NewestRunFolder(base_, "small"), FailsWith("there is no run"));
  fs::create_directories(runs_ + "zzz_notes");
  std::ofstream(runs_ + "zzzz.txt") << "text";
  EXPECT_THAT(NewestRunFolder(base_, "small"), FailsWith("there is no run"));
  Run("seed_0", R"({"started": ["2026-01-01T00:00:00Z"]})");
  EXPECT_EQ(Newest(), "seed_0");
}

TEST(WriteEndTest, IsForgottenByTheNextStart) {
  const std::string run = TestFolder();
  EXPECT_EQ(ReadEnd(run), "");
  ASSERT_OK(WriteEnvironment(run, at::kCPU));
  EXPECT_EQ(ReadEnd(run), "");
  ASSERT_OK(WriteEnd(run, "finished"));
  EXPECT_EQ(ReadEnd(run), "finished");
  ASSERT_OK(WriteEnvironment(run, at::kCPU));
  EXPECT_EQ(ReadEnd(run), "");
}

}  // namespace
}  // namespace toque
