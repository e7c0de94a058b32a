#include "framework/video/video_reader.h"

#include <algorithm>
#include <random>
#include <tuple>
#include <utility>
#include <vector>

#include "framework/testing/testing.h"
#include "framework/testing/video_file.h"
#include "framework/video/packed_clip.h"
#include "framework/video/reader_pool.h"

namespace toque {
namespace {

using Pixels = std::vector<uint8_t>;

std::string Written(const VideoFile& file, const std::string& name) {
  const std::string path = TestFolder() + "/" + name;
  WriteVideo(file, path);
  return path;
}

absl::StatusOr<std::vector<Pixels>> Frames(VideoReader& reader,
                                           const std::vector<int64_t>& wanted) {
  std::vector<Image> images(wanted.size());
  std::vector<Image*> pointers;
  for (Image& image : images) pointers.push_back(&image);
  RETURN_IF_ERROR(reader.Read(wanted, pointers));
  std::vector<Pixels> frames;
  for (Image& image : images) {
    const EditablePixels pixels = *image.Edit();
    frames.emplace_back(pixels.data,
                        pixels.data + pixels.height * pixels.width * 3);
  }
  return frames;
}

std::vector<Pixels> PlainFrames(const std::string& path) {
  std::vector<Pixels> frames;
  DecodePlainly(
      path, [&](const PlainFrame& frame) { frames.push_back(frame.pixels); });
  return frames;
}

// All frames at once, each alone, and random sets.
void ExpectEveryFrame(VideoReader& reader, const std::vector<Pixels>& plain) {
  const int64_t count = reader.index().size();
  ASSERT_EQ(count, static_cast<int64_t>(plain.size()));
  std::vector<std::vector<int64_t>> sets(1);
  for (int64_t i = 0; i < count; ++i) sets[0].push_back(i);
  for (int64_t i = 0; i < count; ++i) sets.push_back({i});
  std::mt19937 random(1);
  for (int i = 0; i < 20; ++i) {
    std::vector<int64_t>& set = sets.emplace_back();
    for (int k = 0; k <= i % 5; ++k) {
      set.push_back(static_cast<int64_t>(random() % plain.size()));
    }
  }
  for (const std::vector<int64_t>& set : sets) {
    const auto frames = Frames(reader, set);
    ASSERT_OK(frames);
    for (size_t i = 0; i < set.size(); ++i) {
      ASSERT_TRUE((*frames)[i] == plain[static_cast<size_t>(set[i])])
          << "frame " << set[i] << ", set of " << set.size();
    }
  }
}

struct Case {
  std::string name;
  VideoFile file;
};

class EveryFrame : public testing::TestWithParam<Case> {};

TEST_P(EveryFrame, EqualsAPlainDecodeFromFileAndPacked) {
  const std::string path = Written(GetParam().file, GetParam().name);
  const std::vector<Pixels> plain = PlainFrames(path);
  ASSERT_EQ(static_cast<int>(plain.size()), GetParam().file.frames);
  VideoReader reader;
  ASSERT_OK(reader.Open(path));
  ExpectEveryFrame(reader, plain);
  const auto packed = PackOriginal(path, reader.index(), {});
  ASSERT_OK(packed);
  ASSERT_OK(reader.Open(absl::MakeConstSpan(
      reinterpret_cast<const uint8_t*>(packed->data()), packed->size())));
  ExpectEveryFrame(reader, plain);
}

INSTANTIATE_TEST_SUITE_P(
    Codecs, EveryFrame,
    testing::Values(
        Case{"mpeg4.avi", {.b_frames = 2}}, Case{"mpeg4.mp4", {.b_frames = 2}},
        Case{"h264.mp4", {.encoder = "libx264", .frames = 40, .b_frames = 3}},
        Case{"open.mkv",
             {.encoder = "libx264",
              .frames = 40,
              .b_frames = 3,
              .options = "x264-params=open-gop=1"}},
        Case{"pyramid.mp4",
             {.encoder = "libx264",
              .frames = 40,
              .b_frames = 4,
              .options = "x264-params=b-pyramid=normal\\:b-adapt=0"}},
        Case{"full.mp4", {.encoder = "libx264", .pixel_format = "yuvj420p"}},
        Case{"full_chroma.mp4",
             {.encoder = "libx264", .pixel_format = "yuv444p"}},
        Case{"ten_bits.mp4",
             {.encoder = "libx264", .pixel_format = "yuv420p10le"}},
        Case{"hevc.mp4",
             {.encoder = "libx265", .options = "x265-params=log-level=none"}},
        Case{"mpeg2.ts", {.encoder = "mpeg2video", .frames_per_second = 25}},
        Case{"mjpeg.avi", {.encoder = "mjpeg", .pixel_format = "yuvj420p"}},
        Case{"odd.avi",
             {.encoder = "mjpeg",
              .pixel_format = "yuvj420p",
              .height = 37,
              .width = 51}},
        Case{"one.mkv", {.encoder = "ffv1", .height = 1, .width = 1}},
        Case{"transparent.mkv",
             {.encoder = "ffv1", .pixel_format = "yuva420p"}},
        Case{"rgb.mov", {.encoder = "png", .pixel_format = "rgb24"}},
        Case{"vp8.webm", {.encoder = "libvpx"}},
        Case{"vp9.webm", {.encoder = "libvpx-vp9", .options = "cpu-used=8"}}),
    [](const auto& info) {
      std::string name = info.param.name;
      std::replace(name.begin(), name.end(), '.', '_');
      return name;
    });

Pixels Turned(const Pixels& stored, int height, int width, int degrees) {
  Pixels upright = stored;
  const bool sideways = degrees % 180 != 0;
  const int columns = sideways ? height : width;
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      int row = y, column = x;
      if (degrees == 90) std::tie(row, column) = std::pair(x, height - 1 - y);
      if (degrees == 180) row = height - 1 - y, column = width - 1 - x;
      if (degrees == 270) std::tie(row, column) = std::pair(width - 1 - x, y);
      std::copy_n(&stored[static_cast<size_t>(3 * (y * width + x))], 3,
                  &upright[static_cast<size_t>(3 * (row * columns + column))]);
    }
  }
  return upright;
}

TEST(VideoReader, TurnsFramesUpright) {
  for (const int degrees : {90, 180, 270}) {
    const VideoFile file = {.frames = 3, .rotation = degrees};
    const std::string path = Written(file, absl::StrCat(degrees, ".mp4"));
    VideoReader reader;
    ASSERT_OK(reader.Open(path));
    EXPECT_EQ(reader.index().rotation, degrees);
    const auto frames = Frames(reader, {2});
    ASSERT_OK(frames);
    EXPECT_TRUE(frames->front() ==
                Turned(PlainFrames(path)[2], file.height, file.width, degrees))
        << degrees;
  }
}

TEST(VideoReader, ReadsOneClipAfterAnother) {
  const std::string folder = TestFolder();
  const std::string first = folder + "/first.mp4";
  const std::string second = folder + "/second.mp4";
  WriteVideo({.encoder = "libx264"}, first);
  WriteVideo({.encoder = "libx264",
              .draw = [](const VideoFile& file,
                         int t) { return DrawSquare(file, 100 - t); }},
             second);
  VideoReader reader;
  for (const std::string& path : {first, second, first}) {
    ASSERT_OK(reader.Open(path));
    ExpectEveryFrame(reader, PlainFrames(path));
  }
}

TEST(VideoReader, RefusesWhatIsNoPackedClip) {
  const std::string path = Written({}, "packed.avi");
  VideoReader reader;
  ASSERT_OK(reader.Open(path));
  const std::string packed = *PackOriginal(path, reader.index(), {});
  for (size_t size = 0; size < packed.size(); size += 7) {
    const std::string cut = packed.substr(0, size);
    EXPECT_EQ(reader
                  .Open(absl::MakeConstSpan(
                      reinterpret_cast<const uint8_t*>(cut.data()), size))
                  .code(),
              absl::StatusCode::kDataLoss)
        << size;
  }
}

TEST(ReaderPool, LendsAReaderAgain) {
  ReaderPool pool;
  const VideoReader* first = nullptr;
  {
    const ReaderPool::Loan one = pool.Take();
    const ReaderPool::Loan other = pool.Take();
    first = &*one;
    EXPECT_NE(first, &*other);
  }
  const ReaderPool::Loan one = pool.Take();
  const ReaderPool::Loan other = pool.Take();
  EXPECT_TRUE(first == &*one || first == &*other);
}

}  // namespace
}  // namespace toque
