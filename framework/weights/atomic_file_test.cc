#include "framework/weights/atomic_file.h"

#include <sys/resource.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "framework/testing/testing.h"

namespace toque {
namespace {

std::string Contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

size_t FilesIn(const std::string& folder) {
  return static_cast<size_t>(
      std::distance(std::filesystem::directory_iterator(folder), {}));
}

// Files of this process can't grow over `bytes` while it lives: a full disk.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    getrlimit(RLIMIT_FSIZE, &before_);
    handler_ = std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit = {bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }

 private:
  rlimit before_;
  void (*handler_)(int);
};

TEST(AtomicFileTest, ReplacesWhatWasThere) {
  const std::string path = TestFolder() + "/file";
  ASSERT_OK(AtomicFile::Write(path, "first"));
  ASSERT_OK(AtomicFile::Write(path, "second"));
  EXPECT_EQ(Contents(path), "second");
  EXPECT_EQ(FilesIn(std::filesystem::path(path).parent_path()), 1u);
}

TEST(AtomicFileTest, OverwritesBytesThatAreWritten) {
  const std::string path = TestFolder() + "/file";
  const auto file = *AtomicFile::Create(path);
  ASSERT_OK(file->Append("abcd", 4));
  ASSERT_OK(file->Overwrite(1, "XY", 2));
  ASSERT_OK(file->Append("e", 1));
  ASSERT_OK(file->Commit());
  EXPECT_EQ(Contents(path), "aXYde");
}

TEST(AtomicFileTest, IsNotThereBeforeItIsCommitted) {
  const std::string folder = TestFolder();
  {
    const auto file = *AtomicFile::Create(folder + "/file");
    ASSERT_OK(file->Append("abcd", 4));
    EXPECT_FALSE(std::filesystem::exists(folder + "/file"));
  }
  EXPECT_EQ(FilesIn(folder), 0u);
}

TEST(AtomicFileTest, LeavesWhatWasThereWhenTheDiskIsFull) {
  const std::string folder = TestFolder();
  ASSERT_OK(AtomicFile::Write(folder + "/file", "first"));
  absl::Status status;
  {
    const FileSizeLimit limit(1000);
    status = AtomicFile::Write(folder + "/file", std::string(5000, 'x'));
  }
  EXPECT_THAT(status,
              FailsWith(folder + "/file: can't be written: File too large"));
  EXPECT_EQ(Contents(folder + "/file"), "first");
  EXPECT_EQ(FilesIn(folder), 1u);
}

TEST(AtomicFileTest, NamesAFolderThatIsNotThere) {
  EXPECT_THAT(AtomicFile::Write(TestFolder() + "/none/file", "text"),
              FailsWith("/none/file: can't be written: No such file"));
}

TEST(AtomicFileTest, LeavesNothingWhereAFolderHasTheName) {
  const std::string folder = TestFolder();
  std::filesystem::create_directories(folder + "/taken/inner");
  EXPECT_THAT(AtomicFile::Write(folder + "/taken", "text"),
              FailsWith("/taken: can't be written: Is a directory"));
  EXPECT_EQ(FilesIn(folder), 1u);
}

}  // namespace
}  // namespace toque
