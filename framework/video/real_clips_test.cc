// Every frame of real clips against a plain decode.

#include <algorithm>
#include <filesystem>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "framework/testing/testing.h"
#include "framework/testing/video_file.h"
#include "framework/video/packed_clip.h"
#include "framework/video/video_reader.h"
#include "xxhash.h"

namespace toque {
namespace {

using Hashes = std::vector<uint64_t>;

std::vector<std::string> ClipsOf(const std::string& folder) {
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(
           DataFolder() + "/" + folder)) {
    const std::string ending = entry.path().extension();
    for (const char* video : {".avi", ".mkv", ".mov", ".mp4", ".webm"}) {
      if (ending == video) paths.push_back(entry.path());
    }
  }
  std::sort(paths.begin(), paths.end());
  EXPECT_FALSE(paths.empty()) << folder;
  return paths;
}

uint64_t HashOf(const uint8_t* pixels, int64_t height, int64_t width) {
  return XXH64(pixels, static_cast<size_t>(height * width * 3), 0);
}

// Of upright frames; `degrees` is a multiple of 90, clockwise.
Hashes PlainHashes(const std::string& path, int degrees) {
  Hashes hashes;
  DecodePlainly(path, [&](const PlainFrame& frame) {
    const int64_t rows = frame.height, columns = frame.width;
    const bool sideways = degrees % 180 != 0;
    const int64_t width = sideways ? rows : columns;
    std::vector<uint8_t> upright(frame.pixels.size());
    for (int64_t row = 0; row < rows; ++row) {
      for (int64_t column = 0; column < columns; ++column) {
        int64_t y = row, x = column;
        if (degrees >= 180) y = rows - 1 - y, x = columns - 1 - x;
        if (sideways) std::swap(y, x), x = rows - 1 - x;
        for (int64_t c = 0; c < 3; ++c) {
          upright[static_cast<size_t>(3 * (y * width + x) + c)] =
              frame.pixels[static_cast<size_t>(3 * (row * columns + column) +
                                               c)];
        }
      }
    }
    hashes.push_back(HashOf(upright.data(), rows, columns));
  });
  return hashes;
}

Hashes Read(VideoReader& reader, const std::vector<int64_t>& frames) {
  std::vector<Image> images(frames.size());
  std::vector<Image*> pointers;
  for (Image& image : images) pointers.push_back(&image);
  EXPECT_OK(reader.Read(frames, pointers));
  Hashes hashes;
  for (Image& image : images) {
    const EditablePixels pixels = *image.Edit();
    hashes.push_back(HashOf(pixels.data, pixels.height, pixels.width));
  }
  return hashes;
}

void ExpectSet(VideoReader& reader, const Hashes& plain,
               const std::vector<int64_t>& frames) {
  const Hashes hashes = Read(reader, frames);
  for (size_t i = 0; i < frames.size(); ++i) {
    EXPECT_EQ(hashes[i], plain[static_cast<size_t>(frames[i])])
        << "frame " << frames[i] << " of " << plain.size();
  }
}

// All frames, a few at a time, and random sets.
void ExpectFrames(VideoReader& reader, const Hashes& plain, bool all) {
  const auto count = static_cast<int64_t>(plain.size());
  ASSERT_EQ(reader.index().size(), count);
  constexpr int64_t kAtOnce = 100;
  for (int64_t begin = 0; all && begin < count; begin += kAtOnce) {
    std::vector<int64_t> frames;
    for (int64_t i = begin; i < std::min(count, begin + kAtOnce); ++i) {
      frames.push_back(i);
    }
    ExpectSet(reader, plain, frames);
  }
  std::mt19937 random(static_cast<unsigned>(count));
  for (const int size : {1, 1, 3, 8, 25}) {
    std::vector<int64_t> frames;
    for (int i = 0; i < size; ++i) {
      frames.push_back(static_cast<int64_t>(random() % plain.size()));
    }
    ExpectSet(reader, plain, frames);
  }
}

class RealClips : public testing::TestWithParam<const char*> {};

TEST_P(RealClips, EqualAPlainDecodeFromFileAndPacked) {
  SKIP_WITHOUT_DATA();
  VideoReader reader;
  for (const std::string& path : ClipsOf(GetParam())) {
    SCOPED_TRACE(path);
    ASSERT_OK(reader.Open(path));
    const Hashes plain = PlainHashes(path, reader.index().rotation);
    ExpectFrames(reader, plain, true);
    const auto packed = PackOriginal(path, reader.index(), {});
    ASSERT_OK(packed);
    ASSERT_OK(reader.Open(absl::MakeConstSpan(
        reinterpret_cast<const uint8_t*>(packed->data()), packed->size())));
    ExpectFrames(reader, plain, false);
  }
}

INSTANTIATE_TEST_SUITE_P(Folders, RealClips,
                         testing::Values("ucf101-6", "video-variety",
                                         "torchcodec"),
                         [](const auto& info) {
                           std::string name = info.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

// XXH64 of the tensors beside the clips: frames that torchcodec's authors took
// with FFmpeg's own program.
TEST(GoldenFrames, OfTorchcodecAreTheSame) {
  SKIP_WITHOUT_DATA();
  const std::string folder = DataFolder() + "/torchcodec/";
  VideoReader reader;
  ASSERT_OK(reader.Open(folder + "nasa_13013.mp4"));
  EXPECT_EQ(reader.index().stream, 3);
  EXPECT_EQ(Read(reader, {0, 35}),
            (Hashes{0xc220675db709be62, 0x977284f5035d8294}));
  ASSERT_OK(reader.Open(folder + "h265_video.mp4"));
  EXPECT_EQ(Read(reader, {5}), Hashes{0xa393480c61aee2ad});
}

}  // namespace
}  // namespace toque
