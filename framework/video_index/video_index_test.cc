#include "framework/video_index/video_index.h"

#include <algorithm>
#include <cstring>
#include <random>

#include "framework/testing/testing.h"
#include "xxhash.h"

namespace toque {
namespace {

VideoIndex Sample() {
  VideoIndex index;
  index.codec = {.id = 27,
                 .tag = 0xfedcba98,
                 .format = -1,
                 .width = 320,
                 .height = 240,
                 .profile = -99,
                 .level = 31,
                 .delay = 2,
                 .bits_per_sample = 8,
                 .field_order = 1,
                 .colour_range = 1,
                 .colour_primaries = 2,
                 .colour_transfer = 3,
                 .colour_space = 4,
                 .chroma_location = 5,
                 .extra = std::string("\0\1extra", 7)};
  index.codec_name = "h264";
  index.container = "avi";
  index.pixel_format = "yuv420p";
  index.rotation = 270;
  index.mirrored = true;
  index.time_base = {1, 90000};
  index.frame_rate = {30000, 1001};
  index.has_audio = true;
  index.stream = 3;
  index.direct = true;
  index.separable = true;
  index.packets = {{.offset = 1 << 20, .size = 70000, .restart = true},
                   {.offset = 1000, .size = 5, .droppable = true},
                   {.offset = 1005, .size = 0, .hidden = true},
                   {.offset = uint64_t{1} << 40, .size = 200}};
  index.frames = {{.packet = 0, .time = 0},
                  {.packet = 3, .time = 3003},
                  {.packet = 1, .time = 1000000}};
  return index;
}

absl::Span<const uint8_t> BytesOf(const std::string& text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

// The bytes with size and digest made right.
std::string Mended(std::string bytes) {
  const uint64_t size = bytes.size();
  std::memcpy(bytes.data() + 16, &size, 8);
  const uint64_t digest = XXH3_64bits(bytes.data(), size - 8);
  std::memcpy(bytes.data() + size - 8, &digest, 8);
  return bytes;
}

TEST(VideoIndexTest, GoesThroughBytesUnchanged) {
  const VideoIndex index = Sample();
  const auto read = VideoIndex::Parse(BytesOf(index.Serialise()));
  ASSERT_OK(read);
  EXPECT_EQ(read->codec, index.codec);
  EXPECT_EQ(read->codec_name, "h264");
  EXPECT_EQ(read->container, "avi");
  EXPECT_EQ(read->pixel_format, "yuv420p");
  EXPECT_EQ(read->rotation, 270);
  EXPECT_TRUE(read->mirrored && read->has_audio);
  EXPECT_EQ(read->time_base, (Rational{1, 90000}));
  EXPECT_EQ(read->frame_rate, (Rational{30000, 1001}));
  EXPECT_EQ(read->stream, 3);
  EXPECT_TRUE(read->direct && read->separable);
  ASSERT_EQ(read->packets.size(), 4U);
  EXPECT_EQ(read->packets[3].offset, uint64_t{1} << 40);
  EXPECT_EQ(read->packets[0].size, 70000U);
  for (size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(read->packets[i].restart, i == 0);
    EXPECT_EQ(read->packets[i].droppable, i == 1);
    EXPECT_EQ(read->packets[i].hidden, i == 2);
  }
  ASSERT_EQ(read->size(), 3);
  EXPECT_EQ(read->frames[1].packet, 3);
  EXPECT_EQ(read->frames[2].packet, 1);
  EXPECT_EQ(read->frames[2].time, 1000000);
  EXPECT_EQ(read->Serialise(), index.Serialise());
}

TEST(VideoIndexTest, TurnsTheSizeWithTheFrame) {
  VideoIndex index = Sample();
  EXPECT_EQ(index.width(), 240);
  EXPECT_EQ(index.height(), 320);
  index.rotation = 180;
  EXPECT_EQ(index.width(), 320);
}

// docs/video_index.md has the layout.
TEST(VideoIndexTest, HasTheDocumentedBytes) {
  VideoIndex index;
  index.codec.id = 7;
  index.codec.width = 64;
  index.codec.height = 2;
  index.packets = {{.offset = 300, .size = 3, .restart = true}};
  index.frames = {{.packet = 0, .time = 0}};
  const std::string bytes = index.Serialise();
  ASSERT_GE(bytes.size(), 32U);
  EXPECT_EQ(bytes.substr(0, 16), std::string("toque\nvi\1\0\0\0\0\0\0\0", 16));
  uint64_t size = 0;
  std::memcpy(&size, bytes.data() + 16, 8);
  EXPECT_EQ(size, bytes.size());
  const std::string body = bytes.substr(24, bytes.size() - 32);
  // id 7, tag 0, format -1, width 64 (two bytes), height 2.
  EXPECT_EQ(body.substr(0, 6), std::string("\x0e\0\1\x80\1\4", 6));
  // One packet: offset 300 (two bytes), size 3, kind 1. One frame: 1 on from
  // packet -1, 1 on from time -1.
  EXPECT_EQ(body.substr(body.size() - 8), std::string("\2\xd8\4\6\2\2\2\2", 8));
}

TEST(VideoIndexTest, RefusesEveryCutAndEveryChangedByte) {
  const std::string bytes = Sample().Serialise();
  for (size_t size = 0; size < bytes.size(); ++size) {
    const auto read = VideoIndex::Parse(BytesOf(bytes.substr(0, size)));
    EXPECT_TRUE(absl::IsDataLoss(read.status())) << size;
  }
  for (size_t at = 0; at < bytes.size(); ++at) {
    std::string changed = bytes;
    changed[at] ^= 16;
    // Those of the four bytes that mean nothing change the digest, too.
    EXPECT_TRUE(absl::IsDataLoss(VideoIndex::Parse(BytesOf(changed)).status()))
        << at;
  }
  EXPECT_THAT(VideoIndex::Parse(BytesOf(bytes + "x")),
              FailsWith(absl::StrCat("must have its ", bytes.size(),
                                     " bytes, got ", bytes.size() + 1)));
}

TEST(VideoIndexTest, NamesAnotherVersion) {
  std::string bytes = Sample().Serialise();
  bytes[8] = 9;
  EXPECT_THAT(VideoIndex::Parse(BytesOf(Mended(bytes))),
              FailsWith("the version of a clip's index must be 1, got 9"));
}

TEST(VideoIndexTest, RefusesWhatLeadsNowhere) {
  const auto refuses = [](void (*change)(VideoIndex&)) {
    VideoIndex index = Sample();
    change(index);
    return absl::IsDataLoss(
        VideoIndex::Parse(BytesOf(index.Serialise())).status());
  };
  EXPECT_TRUE(refuses([](VideoIndex& i) { i.frames.clear(); }));
  EXPECT_TRUE(refuses([](VideoIndex& i) { i.packets.clear(); }));
  EXPECT_TRUE(refuses([](VideoIndex& i) { i.frames[0].packet = 4; }));
  EXPECT_TRUE(refuses([](VideoIndex& i) { i.frames[0].packet = -1; }));
  EXPECT_TRUE(refuses([](VideoIndex& i) { i.frames[1].packet = 0; }));
  EXPECT_TRUE(refuses([](VideoIndex& i) { i.frames[0].time = 1; }));
  EXPECT_TRUE(refuses([](VideoIndex& i) { i.frames[2].time = 3003; }));
  EXPECT_TRUE(refuses([](VideoIndex& i) { i.rotation = 45; }));
  EXPECT_TRUE(refuses([](VideoIndex& i) { i.codec.width = 0; }));
  EXPECT_TRUE(refuses([](VideoIndex& i) { i.time_base.denominator = 0; }));
  EXPECT_TRUE(refuses([](VideoIndex& i) { i.packets[0].size = 1U << 31; }));
  EXPECT_FALSE(refuses([](VideoIndex& i) {
    i.separable = false;
    i.frames[1].packet = 0;
  }));
}

// What gets past the digest must still lead from frames to packets.
TEST(VideoIndexTest, StaysSoundWithAnyBytes) {
  const std::string bytes = Sample().Serialise();
  std::mt19937 random(7);
  int accepted = 0;
  for (int round = 0; round < 20000; ++round) {
    std::string changed = bytes;
    for (unsigned i = random() % 3 + 1; i > 0; --i) {
      changed[24 + random() % (bytes.size() - 32)] =
          static_cast<char>(random());
    }
    const auto read = VideoIndex::Parse(BytesOf(Mended(changed)));
    if (!read.ok()) continue;
    ++accepted;
    ASSERT_GE(read->size(), 1);
    for (const VideoFrame& frame : read->frames) {
      ASSERT_GE(frame.packet, 0);
      ASSERT_LT(frame.packet, static_cast<int64_t>(read->packets.size()));
    }
  }
  EXPECT_GT(accepted, 1000);
}

}  // namespace
}  // namespace toque
