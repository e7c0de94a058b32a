// What reading a clip may cost: pixels, time, descriptors and memory.

#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <vector>

#include "framework/testing/testing.h"
#include "framework/testing/video_file.h"
#include "framework/video/packed_clip.h"
#include "framework/video/video_reader.h"

namespace toque {
namespace {

namespace fs = std::filesystem;

absl::Status ReadFrame(VideoReader& reader, int64_t number) {
  Image image;
  Image* const pointer = &image;
  return reader.Read({&number, 1}, {&pointer, 1});
}

absl::Status OpenAndRead(VideoReader& reader, const std::string& path) {
  RETURN_IF_ERROR(reader.Open(path));
  return ReadFrame(reader, reader.index().size() - 1);
}

struct Kind {
  const char* encoder;
  const char* pixel_format;
  const char* ending;
  int height;
  int width;
};

class PixelLimit : public testing::TestWithParam<Kind> {};

// Decoders fill rows and columns up, by far more than these frames hold.
TEST_P(PixelLimit, IsTheSizeOfTheFramesToThePixel) {
  const Kind& kind = GetParam();
  const std::string path = TestFolder() + "/clip" + kind.ending;
  WriteVideo({.encoder = kind.encoder,
              .pixel_format = kind.pixel_format,
              .height = kind.height,
              .width = kind.width,
              .frames = 4},
             path);
  const int64_t pixels = int64_t{kind.height} * kind.width;
  VideoReader exact({.max_pixels = pixels});
  ASSERT_OK(OpenAndRead(exact, path));
  const std::string packed = *PackOriginal(path, exact.index(), {});
  const auto bytes = absl::MakeConstSpan(
      reinterpret_cast<const uint8_t*>(packed.data()), packed.size());
  ASSERT_OK(exact.Open(bytes));
  EXPECT_OK(ReadFrame(exact, 3));

  const std::string reason =
      absl::StrCat("frames must have at most ", pixels - 1, " pixels, got ",
                   kind.width, " x ", kind.height);
  VideoReader less({.max_pixels = pixels - 1});
  EXPECT_THAT(less.Open(path), FailsWith(reason));
  ASSERT_OK(less.Open(bytes));
  EXPECT_THAT(ReadFrame(less, 3), FailsWith(reason));
}

INSTANTIATE_TEST_SUITE_P(
    Sizes, PixelLimit,
    testing::Values(Kind{"mpeg4", "yuv420p", ".avi", 50, 66},
                    Kind{"libx264", "yuv420p", ".mp4", 18, 34},
                    Kind{"libx264", "yuv444p", ".mp4", 3, 301},
                    Kind{"libx264", "yuv420p", ".ts", 130, 16},
                    Kind{"mpeg2video", "yuv420p", ".ts", 36, 52},
                    Kind{"mjpeg", "yuvj420p", ".avi", 37, 51},
                    Kind{"libvpx-vp9", "yuv420p", ".webm", 20, 44},
                    Kind{"ffv1", "yuv420p", ".mkv", 1, 1}),
    [](const auto& info) {
      return absl::StrCat(info.index, "_", info.param.width, "x",
                          info.param.height);
    });

TEST(TimeLimit, EndsWhatIsCancelledOrTakesTooLong) {
  const std::string path = TestFolder() + "/clip.avi";
  WriteVideo({}, path);
  VideoLimits limits;
  bool cancelled = false;
  limits.cancelled = [&] { return cancelled; };
  VideoReader reader(limits);
  ASSERT_OK(reader.Open(path));
  cancelled = true;
  EXPECT_TRUE(absl::IsCancelled(ReadFrame(reader, 9)));
  cancelled = false;
  EXPECT_OK(ReadFrame(reader, 9));
  limits.seconds = 0;
  EXPECT_THAT(VideoReader(limits).Open(path), FailsWith("at most 0 s"));
}

// The index is there, so that the time is that of decoding.
TEST(TimeLimit, HoldsForDecodingToo) {
  const std::string folder = TestFolder();
  for (const std::string ending : {".avi", ".ts"}) {
    const std::string path = folder + "/clip" + ending;
    WriteVideo({.encoder = "mpeg2video",
                .frames = 40,
                .frames_per_second = 25,
                .group = 100},
               path);
    ASSERT_OK(VideoReader({}, folder + "/indexes").Open(path));
    VideoReader hasty({.seconds = 1e-9}, folder + "/indexes");
    ASSERT_OK(hasty.Open(path));
    const absl::Status read = ReadFrame(hasty, 39);
    EXPECT_TRUE(absl::IsDataLoss(read));
    EXPECT_THAT(read, FailsWith("the clip must take at most 1e-09 s to read"));
  }
}

TEST(TimeLimit, DecodingIsCancelledBetweenAnyTwoPackets) {
  const std::string path = TestFolder() + "/clip.mp4";
  WriteVideo({.encoder = "libx264", .frames = 30, .group = 100}, path);
  int64_t left = 0;
  VideoLimits limits;
  limits.cancelled = [&left] { return --left < 0; };
  VideoReader reader(limits);
  left = 1'000'000;
  ASSERT_OK(reader.Open(path));
  for (int64_t packets = 0; packets < 20; ++packets) {
    left = packets;
    EXPECT_TRUE(absl::IsCancelled(ReadFrame(reader, 29))) << packets;
  }
  left = 1'000'000;
  EXPECT_OK(ReadFrame(reader, 29));
}

int64_t OpenDescriptors() {
  return std::distance(fs::directory_iterator("/proc/self/fd"), {});
}

// In bytes.
int64_t ResidentMemory() {
  int64_t all = 0, resident = 0;
  std::ifstream("/proc/self/statm") >> all >> resident;
  return resident * sysconf(_SC_PAGESIZE);
}

bool IsSanitized() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return true;
#else
  return false;
#endif
}

// Direct and not, of several codecs and sizes, and broken ones.
std::vector<std::string> MixedClips(const std::string& folder) {
  WriteVideo({}, folder + "/a.avi");
  WriteVideo({.encoder = "libx264", .b_frames = 2}, folder + "/b.mp4");
  WriteVideo({.encoder = "mpeg2video", .frames_per_second = 25},
             folder + "/c.ts");
  WriteVideo({.encoder = "mjpeg", .pixel_format = "yuvj420p", .width = 96},
             folder + "/d.avi");
  fs::copy_file(folder + "/c.ts", folder + "/e.ts");
  fs::resize_file(folder + "/e.ts", fs::file_size(folder + "/e.ts") / 2);
  std::ofstream(folder + "/f.mp4") << "Not a film.\n";
  std::vector<std::string> paths;
  for (const auto& entry : fs::directory_iterator(folder)) {
    paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

// Serves each clip in turn by each reader in turn.
void OpenMany(const std::vector<std::string>& paths, int64_t opens,
              absl::Span<VideoReader> readers) {
  for (int64_t i = 0; i < opens; ++i) {
    const std::string& path = paths[static_cast<size_t>(i) % paths.size()];
    VideoReader& reader = readers[static_cast<size_t>(i) % readers.size()];
    const absl::Status read = OpenAndRead(reader, path);
    ASSERT_EQ(read.ok(), !path.ends_with("f.mp4")) << path << ": " << read;
  }
}

// With indexes that are kept, and without. The readers share no divisor with
// the clips, so that each serves all of them.
void ExpectFlat(const std::string& index_folder, size_t count) {
  constexpr int64_t kMostGrowth = 1 << 20;
  const std::string folder = TestFolder();
  const std::vector<std::string> paths = MixedClips(folder);
  const std::string indexes =
      index_folder.empty() ? "" : folder + "/" + index_folder;
  const int64_t descriptors = OpenDescriptors();
  {
    std::vector<VideoReader> readers;
    for (size_t i = 0; i < count; ++i) {
      readers.emplace_back(VideoLimits(), indexes);
    }
    OpenMany(paths, 100, absl::MakeSpan(readers));
    for (VideoReader& reader : readers) reader.Close();
    EXPECT_EQ(OpenDescriptors(), descriptors);
    const int64_t memory = ResidentMemory();
    OpenMany(paths, 300, absl::MakeSpan(readers));
    // One a reader at most, of the clip that it holds open.
    EXPECT_LE(OpenDescriptors(), descriptors + static_cast<int64_t>(count));
    // Sanitizers keep what was freed for a while.
    if (!IsSanitized()) {
      EXPECT_LT(ResidentMemory() - memory, kMostGrowth);
    }
  }
  EXPECT_EQ(OpenDescriptors(), descriptors);
}

TEST(OpensAndCloses, LeaveNothingBehindInOneReader) {
  ExpectFlat("", 1);
  ExpectFlat("indexes", 1);
}

TEST(OpensAndCloses, LeaveNothingBehindInSeveralReaders) {
  ExpectFlat("", 5);
  ExpectFlat("indexes", 5);
}

}  // namespace
}  // namespace toque
