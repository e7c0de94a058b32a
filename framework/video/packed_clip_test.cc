#include "framework/video/packed_clip.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "framework/testing/testing.h"
#include "framework/testing/video_file.h"
#include "framework/video/decode_plan.h"
#include "framework/video/video_reader.h"
#include "framework/video_index/make_index.h"

namespace toque {
namespace {

absl::Span<const uint8_t> BytesOf(const std::string& text) {
  return absl::MakeConstSpan(reinterpret_cast<const uint8_t*>(text.data()),
                             text.size());
}

// A file and what was made of it.
struct Packed {
  std::string path;
  VideoIndex source;
  std::string bytes;
  VideoIndex index;
};

Packed PackShort(const VideoFile& file, const ShortGroups& options,
                 const std::string& name = "clip.mp4") {
  Packed packed;
  packed.path = TestFolder() + "/" + name;
  WriteVideo(file, packed.path);
  packed.source = *MakeIndex(packed.path, {});
  packed.bytes = *PackShortGroups(packed.path, packed.source, options, {});
  packed.index = ReadPacked(BytesOf(packed.bytes))->index;
  return packed;
}

// The greatest mean difference, in levels, between a frame of the packed clip
// and the file's.
double GreatestDifference(const Packed& packed) {
  VideoReader reader;
  EXPECT_OK(reader.Open(BytesOf(packed.bytes)));
  double greatest = 0;
  int64_t number = 0;
  DecodePlainly(packed.path, [&](const PlainFrame& plain) {
    Image image;
    Image* const images[] = {&image};
    const int64_t frames[] = {number++};
    EXPECT_OK(reader.Read(frames, images));
    const EditablePixels pixels = *image.Edit();
    EXPECT_EQ(pixels.height, plain.height);
    EXPECT_EQ(pixels.width, plain.width);
    double sum = 0;
    for (size_t i = 0; i < plain.pixels.size(); ++i) {
      sum += std::abs(int{pixels.data[i]} - int{plain.pixels[i]});
    }
    greatest =
        std::max(greatest, sum / static_cast<double>(plain.pixels.size()));
  });
  EXPECT_EQ(number, reader.index().size());
  return greatest;
}

TEST(PackedClip, OfTheOriginalHoldsNothingButIndexAndPackets) {
  const std::string path = TestFolder() + "/clip.avi";
  WriteVideo({.b_frames = 2}, path);
  const VideoIndex index = *MakeIndex(path, {});
  const std::string bytes = *PackOriginal(path, index, {});
  const auto clip = ReadPacked(BytesOf(bytes));
  ASSERT_OK(clip);
  uint64_t end = 0;
  for (size_t i = 0; i < index.packets.size(); ++i) {
    EXPECT_EQ(clip->index.packets[i].offset, end);
    EXPECT_EQ(clip->index.packets[i].size, index.packets[i].size);
    end += index.packets[i].size;
  }
  EXPECT_EQ(clip->packets.size(), end);
  EXPECT_TRUE(clip->index.direct);
  EXPECT_EQ(clip->index.frames.size(), index.frames.size());
}

TEST(ShortGroups, ShowTheSameFrames) {
  EXPECT_LT(GreatestDifference(PackShort({.frames = 30}, {.quality = 12})), 2);
}

TEST(ShortGroups, KeepOddSizes) {
  const VideoFile file = {.encoder = "mjpeg",
                          .pixel_format = "yuvj444p",
                          .height = 37,
                          .width = 51,
                          .frames = 5};
  EXPECT_LT(GreatestDifference(PackShort(file, {.quality = 12}, "odd.avi")), 2);
}

TEST(ShortGroups, NeedAtMostAGroupForAFrame) {
  const Packed packed = PackShort({.frames = 50, .group = 50}, {.group = 5});
  for (int64_t frame = 0; frame < 50; ++frame) {
    const int64_t frames[] = {frame};
    EXPECT_LE(PlanDecoding(packed.index, frames).steps.size(), 5u) << frame;
  }
  EXPECT_EQ(packed.index.packets[0].restart, true);
  EXPECT_TRUE(
      std::any_of(packed.index.packets.begin(), packed.index.packets.end(),
                  [](const VideoPacket& packet) { return packet.droppable; }));
}

TEST(ShortGroups, KeepTimesAndRotation) {
  const Packed packed = PackShort({.frames = 12, .rotation = 90}, {});
  EXPECT_EQ(packed.index.rotation, 90);
  EXPECT_TRUE(packed.index.time_base == packed.source.time_base);
  for (size_t i = 0; i < 12; ++i) {
    EXPECT_EQ(packed.index.frames[i].time, packed.source.frames[i].time);
  }
}

TEST(ShortGroups, ShrinkTheShorterSide) {
  const Packed packed =
      PackShort({.height = 96, .width = 128, .frames = 3}, {.short_side = 48});
  EXPECT_EQ(packed.index.height(), 48);
  EXPECT_EQ(packed.index.width(), 64);
  const Packed kept =
      PackShort({.height = 48, .width = 64, .frames = 3}, {.short_side = 50});
  EXPECT_EQ(kept.index.height(), 48);
}

TEST(ShortGroups, AreSmallerAtLowerQuality) {
  const VideoFile file = {.height = 96, .width = 128, .frames = 24};
  EXPECT_LT(PackShort(file, {.quality = 35}).bytes.size(),
            PackShort(file, {.quality = 18}).bytes.size());
}

TEST(ShortGroups, AreTheSameBytesEachTime) {
  EXPECT_TRUE(PackShort({}, {}).bytes == PackShort({}, {}).bytes);
}

TEST(ShortGroups, RefuseWhatX264CanNotDo) {
  EXPECT_THAT(PackShortGroups("x", {}, {.group = 0}, {}),
              FailsWith("group must be at least 1, got 0"));
  EXPECT_THAT(PackShortGroups("x", {}, {.quality = 52}, {}),
              FailsWith("quality must be 0 to 51, got 52"));
}

}  // namespace
}  // namespace toque
