#include "framework/trainer/run_folder.h"

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

}  // namespace
}  // namespace toque
