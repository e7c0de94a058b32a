#include "framework/shared/file_table.h"

#include <malloc.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "framework/testing/testing.h"

namespace toque {
namespace {

using testing::ElementsAre;

class FileTableTest : public testing::Test {
 protected:
  FileTableTest() { table_.set_folder(folder_); }

  void Write(const std::string& name, const std::string& bytes) const {
    std::filesystem::create_directories(
        std::filesystem::path(folder_ + "/" + name).parent_path());
    std::ofstream(folder_ + "/" + name, std::ios::binary) << bytes;
  }

  absl::StatusOr<std::string> Read(int64_t index) {
    ASSIGN_OR_RETURN(const auto bytes, table_.Read(index, &buffer_));
    return std::string(bytes.begin(), bytes.end());
  }

  const std::string folder_ = TestFolder();
  FileTable table_;
  std::vector<uint8_t> buffer_;
};

TEST_F(FileTableTest, KeepsPathsAndLabelsOverManyBlocks) {
  // Folders that come back, and names of every length down to none.
  const auto path = [](int64_t i) {
    const std::string name(static_cast<size_t>(i % 40), 'x');
    return i % 7 == 0 ? name : absl::StrCat("d", i % 5, "/e/", i, name);
  };
  for (int64_t i = 0; i < 10000; ++i) {
    table_.Add(path(i), static_cast<int32_t>(i % 11 - 3));
  }
  table_.Finish();
  ASSERT_EQ(table_.size(), 10000);
  const std::vector<int64_t> labels = table_.Labels();
  ASSERT_EQ(labels.size(), 10000u);
  for (int64_t i = 0; i < 10000; ++i) {
    ASSERT_EQ(table_.Name(i), path(i));
    ASSERT_EQ(table_.Label(i), i % 11 - 3);
    ASSERT_EQ(labels[static_cast<size_t>(i)], i % 11 - 3);
  }
}

// What malloc holds, in bytes.
size_t Held() { return mallinfo2().uordblks + mallinfo2().hblkhd; }

TEST_F(FileTableTest, CostsTwelveBytesAnEntryAndTheName) {
  constexpr int64_t kEntries = 1 << 18;
  constexpr size_t kName = 20;  // of which 10 are the file's own
  const size_t before = Held();
  for (int64_t i = 0; i < kEntries; ++i) {
    std::string path = absl::StrCat("folder", 1000 + i % 1000, "/", i);
    path.resize(kName + 1, '_');
    table_.Add(path, 0);
  }
  table_.Finish();
  const double each = static_cast<double>(Held() - before) / kEntries;
  EXPECT_GE(each, 12 + 10);
  EXPECT_LE(each, 12 + 10 + 2);
}

TEST_F(FileTableTest, ReadsWholeFilesIntoABufferThatItKeeps) {
  Write("long", std::string(100000, 'a'));
  Write("deep/er/short", "bc");
  Write("empty", "");
  table_.Add("long", 0);
  table_.Add("deep/er/short", 0);
  table_.Add("empty", 0);
  table_.Add(folder_ + "/deep/er/short", 0);
  table_.Finish();
  EXPECT_EQ(*Read(0), std::string(100000, 'a'));
  const uint8_t* const memory = buffer_.data();
  EXPECT_EQ(*Read(1), "bc");
  EXPECT_EQ(*Read(2), "");
  EXPECT_EQ(*Read(3), "bc");
  EXPECT_EQ(buffer_.data(), memory);
}

TEST_F(FileTableTest, CallsWhatIsNoFileBroken) {
  Write("folder/file", "");
  ASSERT_EQ(mkfifo((folder_ + "/pipe").c_str(), 0600), 0);
  const std::pair<std::string, std::string> faults[] = {
      {"none", "can't be opened: No such file or directory"},
      {"folder/file/x", "can't be opened: Not a directory"},
      {"folder", "must be a file"},
      {"pipe", "must be a file"},
  };
  for (const auto& [name, text] : faults) table_.Add(name, 0);
  for (int64_t i = 0; i < table_.size(); ++i) {
    const auto bytes = Read(i);
    EXPECT_THAT(bytes, FailsWith(faults[i].second));
    EXPECT_TRUE(absl::IsDataLoss(bytes.status()));
  }
}

TEST_F(FileTableTest, RefusesAFileOfNoPicturesSize) {
  Write("huge", "x");
  std::filesystem::resize_file(folder_ + "/huge", (1 << 28) + 1);
  table_.Add("huge", 0);
  EXPECT_THAT(Read(0), FailsWith("must be of at most 268435456 bytes, got "
                                 "268435457"));
  EXPECT_TRUE(buffer_.empty());
}

// A file of /proc tells a size of 0 or more than it gives, as one that shrinks.
TEST_F(FileTableTest, CallsAFileThatEndsEarlyBroken) {
  table_.Add("/sys/kernel/uevent_seqnum", 0);
  if (!std::filesystem::exists(table_.Name(0))) GTEST_SKIP() << "needs /sys";
  const auto bytes = Read(0);
  EXPECT_THAT(bytes, FailsWith("of 4096 while it was read"));
  EXPECT_TRUE(absl::IsDataLoss(bytes.status()));
}

TEST_F(FileTableTest, DoesNotBlameAFileForALackOfDescriptors) {
  Write("a", "x");
  table_.Add("a", 0);
  rlimit limit;
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
  const rlimit none = {0, limit.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
  const auto bytes = Read(0);
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
  EXPECT_THAT(bytes, FailsWith("can't be opened: Too many open files"));
  EXPECT_TRUE(absl::IsResourceExhausted(bytes.status()));
  for (int i = 0; i < 5000; ++i) ASSERT_OK(Read(0));  // none is kept
}

}  // namespace
}  // namespace toque
