#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

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

std::string Written(const std::string& name, const std::string& bytes) {
  const std::string path = TestFolder() + "/" + name;
  std::ofstream(path, std::ios::binary) << bytes;
  return path;
}

// Of 24 frames.
std::string Coded(const std::string& name) {
  const std::string path = TestFolder() + "/" + name;
  WriteVideo({.encoder = "libx264", .frames = 24, .b_frames = 2}, path);
  return path;
}

TEST(BrokenClipTest, RefusesWhatIsNoVideo) {
  const std::string folder = TestFolder();
  EXPECT_THAT(MakeIndex(folder, {}), FailsWith("must be a file"));
  EXPECT_THAT(MakeIndex(folder + "/none.mp4", {}),
              FailsWith("can't be opened: No such file or directory"));
  ASSERT_EQ(mkfifo((folder + "/pipe.mp4").c_str(), 0600), 0);
  EXPECT_THAT(MakeIndex(folder + "/pipe.mp4", {}), FailsWith("must be a file"));
  EXPECT_THAT(MakeIndex(Written("a.mp4", ""), {}),
              FailsWith("must be a video, got an empty file"));
  EXPECT_THAT(MakeIndex(Written("a.mp4", "Not a film.\n"), {}),
              FailsWith("must be a video: Invalid data found"));
}

TEST(BrokenClipTest, OpensNoFileThatTheFileNames) {
  const std::string path = Coded("clip.ts");
  ASSERT_OK(MakeIndex(path, {}));
  const std::string folder = fs::path(path).parent_path();
  for (const std::string list :
       {"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nclip.ts\n",
        "ffconcat version 1.0\nfile clip.ts\n"}) {
    std::ofstream(folder + "/list.mp4") << list;
    EXPECT_TRUE(absl::IsDataLoss(MakeIndex(folder + "/list.mp4", {}).status()));
  }
}

TEST(BrokenClipTest, KeepsToTheLimits) {
  const std::string path = Coded("a.mp4");
  EXPECT_THAT(MakeIndex(path, {.max_pixels = 64 * 48 - 1}),
              FailsWith("frames must have at most 3071 pixels, got 64 x 48"));
  ASSERT_OK(MakeIndex(path, {.max_pixels = 64 * 48}));
  EXPECT_THAT(MakeIndex(path, {.max_packets = 23}),
              FailsWith("must have at most 23 packets"));
  EXPECT_THAT(MakeIndex(path, {.seconds = 0}),
              FailsWith("the clip must take at most 0 s"));
  const auto cancelled = MakeIndex(path, {.cancelled = [] { return true; }});
  EXPECT_TRUE(absl::IsCancelled(cancelled.status()));
}

// Half way through, too.
TEST(BrokenClipTest, IsCancelledAtAnyTime) {
  const std::string path = Coded("a.mp4");
  for (int questions = 1; questions < 60; ++questions) {
    int left = questions;
    const auto index =
        MakeIndex(path, {.cancelled = [&] { return --left < 0; }});
    EXPECT_TRUE(index.ok() ? questions >= 24
                           : absl::IsCancelled(index.status()))
        << questions;
  }
}

// Broken, or an index of what is left, whose packets all lie in the file.
TEST(BrokenClipTest, TakesFilesThatAreCutAnywhere) {
  for (const std::string name : {"a.mp4", "a.mkv", "a.avi", "a.ts"}) {
    const std::string bytes = Contents(Coded(name));
    int indexed = 0;
    for (size_t size = 0; size < bytes.size(); size += bytes.size() / 40) {
      const auto index = MakeIndex(Written(name, bytes.substr(0, size)), {});
      if (!index.ok()) {
        EXPECT_TRUE(absl::IsDataLoss(index.status())) << index.status();
        continue;
      }
      ++indexed;
      EXPECT_LE(index->size(), 24);
      for (const VideoPacket& packet : index->packets) {
        EXPECT_LE(packet.offset + packet.size, size);
      }
    }
    // MP4 has its table at the end.
    EXPECT_GE(indexed, name == "a.mp4" ? 0 : 10) << name;
  }
}

TEST(BrokenClipTest, CountsFromTheStartWhereAPacketIsDamaged) {
  const std::string path = Coded("a.mp4");
  const auto index = MakeIndex(path, {});
  ASSERT_OK(index);
  std::string bytes = Contents(path);
  const VideoPacket& packet = index->packets.at(12);
  std::fill_n(bytes.begin() + static_cast<ptrdiff_t>(packet.offset) + 4,
              packet.size - 4, '\xff');
  const auto damaged = MakeIndex(Written("b.mp4", bytes), {});
  ASSERT_OK(damaged);
  EXPECT_TRUE(index->separable);
  EXPECT_FALSE(damaged->separable);
}

}  // namespace
}  // namespace toque
