#include <fcntl.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include "framework/testing/testing.h"
#include "framework/testing/video_file.h"
#include "framework/video_index/make_index.h"

namespace toque {
namespace {

namespace fs = std::filesystem;

std::string Contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void Write(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

class IndexCacheTest : public testing::Test {
 protected:
  IndexCacheTest() { WriteVideo({.encoder = "libx264", .frames = 10}, clip_); }

  std::vector<std::string> Files() const {
    std::vector<std::string> files;
    for (const auto& entry : fs::directory_iterator(cache_)) {
      files.push_back(entry.path());
    }
    return files;
  }

  // Makes the kept index say that the codec is "kept", so that it can be told
  // whether it is used.
  void Mark() {
    const std::string file = Files().at(0);
    const std::string bytes = Contents(file);
    const size_t begin = bytes.find("toque\nvi");
    auto index = VideoIndex::Parse(
        {reinterpret_cast<const uint8_t*>(bytes.data()) + begin,
         bytes.size() - begin});
    ASSERT_OK(index);
    index->codec_name = "kept";
    Write(file, bytes.substr(0, begin) + index->Serialise());
  }

  std::string CodecName() {
    const auto index = IndexOf(clip_, cache_, {});
    EXPECT_OK(index);
    return index.ok() ? index->codec_name : "";
  }

  const std::string folder_ = TestFolder();
  const std::string clip_ = folder_ + "/clip.mp4";
  const std::string cache_ = folder_ + "/some/cache";
};

TEST_F(IndexCacheTest, KeepsAnIndexAndUsesIt) {
  EXPECT_EQ(CodecName(), "h264");
  ASSERT_EQ(Files().size(), 1U);
  Mark();
  EXPECT_EQ(CodecName(), "kept");
  // The same file by another name.
  const auto index = IndexOf(folder_ + "/some/../clip.mp4", cache_, {});
  ASSERT_OK(index);
  EXPECT_EQ(index->codec_name, "kept");
  EXPECT_EQ(Files().size(), 1U);
}

TEST_F(IndexCacheTest, KeepsNoneWithoutAFolder) {
  ASSERT_OK(IndexOf(clip_, "", {}));
  EXPECT_FALSE(fs::exists(cache_));
}

TEST_F(IndexCacheTest, LooksAgainAtAFileOfAnotherDate) {
  CodecName();
  Mark();
  timespec times[2] = {};
  struct stat facts;
  ASSERT_EQ(stat(clip_.c_str(), &facts), 0);
  times[0] = times[1] = facts.st_mtim;
  times[1].tv_nsec = (times[1].tv_nsec + 1) % 1'000'000'000;
  ASSERT_EQ(utimensat(AT_FDCWD, clip_.c_str(), times, 0), 0);
  EXPECT_EQ(CodecName(), "h264");
}

TEST_F(IndexCacheTest, LooksAgainAtAFileOfAnotherSize) {
  CodecName();
  Mark();
  struct stat facts;
  ASSERT_EQ(stat(clip_.c_str(), &facts), 0);
  std::ofstream(clip_, std::ios::app) << "more";
  const timespec times[2] = {facts.st_atim, facts.st_mtim};
  ASSERT_EQ(utimensat(AT_FDCWD, clip_.c_str(), times, 0), 0);
  EXPECT_EQ(CodecName(), "h264");
}

TEST_F(IndexCacheTest, MakesAnotherOneWhereTheKeptOneIsBroken) {
  CodecName();
  Mark();
  const std::string file = Files().at(0);
  const std::string bytes = Contents(file);
  for (size_t size = 0; size < bytes.size(); size += 7) {
    Write(file, bytes.substr(0, size));
    ASSERT_EQ(CodecName(), "h264") << size;
  }
  EXPECT_EQ(Files().size(), 1U);
}

TEST_F(IndexCacheTest, TellsFilesOfOneNameApart) {
  fs::create_directory(folder_ + "/other");
  const std::string other = folder_ + "/other/clip.mp4";
  WriteVideo({.frames = 3}, other);
  CodecName();
  const auto index = IndexOf(other, cache_, {});
  ASSERT_OK(index);
  EXPECT_EQ(index->size(), 3);
  EXPECT_EQ(Files().size(), 2U);
}

TEST_F(IndexCacheTest, NeedsNoFolderThatCanBeWritten) {
  Write(folder_ + "/some", "a file");
  EXPECT_EQ(CodecName(), "h264");
}

TEST_F(IndexCacheTest, HoldsAKeptIndexToTheLimits) {
  CodecName();
  EXPECT_THAT(IndexOf(clip_, cache_, {.max_pixels = 64 * 48 - 1}),
              FailsWith("frames must have at most 3071 pixels, got 64 x 48"));
  EXPECT_THAT(IndexOf(clip_, cache_, {.max_packets = 9}),
              FailsWith("must have at most 9 packets"));
  ASSERT_OK(IndexOf(clip_, cache_, {.max_pixels = 64 * 48, .max_packets = 10}));
}

TEST_F(IndexCacheTest, KeepsNothingOfABrokenFile) {
  Write(clip_, "no video");
  EXPECT_TRUE(absl::IsDataLoss(IndexOf(clip_, cache_, {}).status()));
  fs::remove(clip_);
  EXPECT_THAT(IndexOf(clip_, cache_, {}),
              FailsWith("can't be opened: No such file or directory"));
  EXPECT_FALSE(fs::exists(cache_));
}

TEST_F(IndexCacheTest, ServesSeveralThreads) {
  const auto alone = MakeIndex(clip_, {});
  ASSERT_OK(alone);
  const std::string expected = alone->Serialise();
  std::vector<std::string> got(8);
  {
    std::vector<std::jthread> threads;
    for (std::string& bytes : got) {
      threads.emplace_back([&] {
        const auto index = IndexOf(clip_, cache_, {});
        if (index.ok()) bytes = index->Serialise();
      });
    }
  }
  for (const std::string& bytes : got) EXPECT_EQ(bytes, expected);
  EXPECT_EQ(Files().size(), 1U);
}

}  // namespace
}  // namespace toque
