#include "framework/video_index/make_index.h"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "framework/testing/testing.h"
#include "framework/testing/video_file.h"
#include "framework/video_index/ffmpeg.h"

namespace toque {
namespace {

std::string Contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string Coded(const std::string& name, const VideoFile& file) {
  const std::string path = TestFolder() + "/" + name;
  WriteVideo(file, path);
  return path;
}

// What FFmpeg says of a file's packets and frames.
struct Facts {
  int64_t keys = 0;     // packets where decoding can begin
  int64_t between = 0;  // frames that are coded from two sides
};

void CountFrames(AVCodecContext* decoder, const AVPacket* packet,
                 Facts* facts) {
  avcodec_send_packet(decoder, packet);
  const OwnedFrame frame(av_frame_alloc());
  while (avcodec_receive_frame(decoder, frame.get()) >= 0) {
    if (frame->pict_type == AV_PICTURE_TYPE_B) ++facts->between;
  }
}

Facts FactsOf(const std::string& path) {
  AVFormatContext* opened = nullptr;
  EXPECT_GE(avformat_open_input(&opened, path.c_str(), nullptr, nullptr), 0);
  const OwnedInput input(opened);
  EXPECT_GE(avformat_find_stream_info(opened, nullptr), 0);
  const AVCodecParameters* const parameters = opened->streams[0]->codecpar;
  const AVCodec* const codec = avcodec_find_decoder(parameters->codec_id);
  const OwnedCodec decoder(avcodec_alloc_context3(codec));
  avcodec_parameters_to_context(decoder.get(), parameters);
  decoder->thread_count = 1;
  EXPECT_GE(avcodec_open2(decoder.get(), codec, nullptr), 0);
  const OwnedPacket packet(av_packet_alloc());
  Facts facts;
  for (; av_read_frame(opened, packet.get()) >= 0;
       av_packet_unref(packet.get())) {
    if ((packet->flags & AV_PKT_FLAG_KEY) != 0) ++facts.keys;
    CountFrames(decoder.get(), packet.get(), &facts);
  }
  CountFrames(decoder.get(), nullptr, &facts);
  return facts;
}

VideoIndex IndexOrDie(const std::string& path, int stream = -1) {
  auto index = MakeIndex(path, {}, stream);
  EXPECT_OK(index) << path;
  return index.ok() ? *std::move(index) : VideoIndex();
}

int64_t Droppable(const VideoIndex& index) {
  return std::count_if(index.packets.begin(), index.packets.end(),
                       [](const VideoPacket& one) { return one.droppable; });
}

int64_t Restarts(const VideoIndex& index) {
  return std::count_if(index.packets.begin(), index.packets.end(),
                       [](const VideoPacket& one) { return one.restart; });
}

struct Case {
  std::string name;
  VideoFile file;
  std::string codec;
  bool direct = true;
  bool separable = true;
};

class ClipKindTest : public testing::TestWithParam<Case> {};

TEST_P(ClipKindTest, TellsWhatAClipConsistsOf) {
  const Case& expected = GetParam();
  const std::string path = Coded(expected.name, expected.file);
  const Facts facts = FactsOf(path);
  const VideoIndex index = IndexOrDie(path);
  EXPECT_EQ(index.codec_name, expected.codec);
  EXPECT_EQ(index.size(), 20);
  EXPECT_EQ(index.packets.size(), 20U);
  EXPECT_EQ(index.width(), 64);
  EXPECT_EQ(index.height(), 48);
  EXPECT_EQ(index.frame_rate, (Rational{10, 1}));
  EXPECT_FALSE(index.has_audio);
  EXPECT_EQ(index.direct, expected.direct);
  EXPECT_EQ(index.separable, expected.separable);
  // Where nothing is known of a codec's packets, the first alone is one.
  EXPECT_EQ(Restarts(index), expected.separable ? facts.keys : 1);
  // Here nothing refers to a frame that is coded from two sides, and where all
  // frames are keys nothing refers to any.
  const bool alone = expected.separable && facts.keys == 20;
  EXPECT_EQ(Droppable(index), alone ? 20 : facts.between);
  // Frames are 1/10 s apart, as exactly as the time base allows.
  for (int64_t i = 0; i < index.size(); ++i) {
    const double seconds =
        static_cast<double>(index.frames[static_cast<size_t>(i)].time) *
        index.time_base.value();
    EXPECT_NEAR(seconds, static_cast<double>(i) / 10,
                0.51 * index.time_base.value());
  }
}

VideoFile Groups(const std::string& encoder, int b_frames,
                 const std::string& options = "") {
  return {
      .encoder = encoder, .group = 8, .b_frames = b_frames, .options = options};
}

const VideoFile kX264 = Groups("libx264", 2, "b-pyramid=none:b_strategy=0");

INSTANTIATE_TEST_SUITE_P(
    Kinds, ClipKindTest,
    testing::Values(
        Case{"h264.mp4", kX264, "h264"}, Case{"h264.mkv", kX264, "h264"},
        Case{"h264.avi", kX264, "h264"},
        // Its packets lie in pieces of 184 bytes.
        Case{"h264.ts", kX264, "h264", false},
        Case{"hevc.mp4",
             Groups("libx265", 2,
                    "x265-params=b-pyramid=0\\:b-adapt=0\\:log-level=none"),
             "hevc"},
        Case{"mpeg4.avi", Groups("mpeg4", 2), "mpeg4"},
        Case{"mpeg2.mov", Groups("mpeg2video", 2), "mpeg2video"},
        Case{"mpeg1.mkv", Groups("mpeg1video", 2), "mpeg1video"},
        Case{"vp8.webm", Groups("libvpx", 0), "vp8"},
        Case{"vp9.webm", Groups("libvpx-vp9", 0), "vp9"},
        Case{"av1.mkv", Groups("libaom-av1", 0, "cpu-used=8"), "av1"},
        Case{"raw.avi", Groups("rawvideo", 0), "rawvideo"},
        Case{"ffv1.mkv", Groups("ffv1", 0), "ffv1", false, false}),
    [](const auto& info) {
      std::string name = info.param.name;
      std::replace(name.begin(), name.end(), '.', '_');
      return name;
    });

TEST(MakeIndexTest, PointsAtThePacketsBytes) {
  const std::string path =
      Coded("a.mkv", {.encoder = "mjpeg", .pixel_format = "yuvj420p"});
  const std::string bytes = Contents(path);
  const VideoIndex index = IndexOrDie(path);
  ASSERT_TRUE(index.direct);
  for (const VideoPacket& packet : index.packets) {
    const std::string picture = bytes.substr(packet.offset, packet.size);
    EXPECT_EQ(picture.substr(0, 3), "\xff\xd8\xff");
    EXPECT_EQ(picture.substr(picture.size() - 2), "\xff\xd9");
  }
}

TEST(MakeIndexTest, TellsTheTurn) {
  for (const int degrees : {0, 90, 180, 270}) {
    const VideoIndex index = IndexOrDie(Coded("a.mp4", {.rotation = degrees}));
    EXPECT_EQ(index.rotation, degrees);
    EXPECT_FALSE(index.mirrored);
    EXPECT_EQ(index.width(), degrees % 180 == 0 ? 64 : 48);
  }
}

// The numbers of frames are those of ffprobe 5.1.
TEST(MakeIndexTest, CountsFramesOfRealClips) {
  SKIP_WITHOUT_DATA();
  const std::string data = DataFolder() + "/";
  const auto frames = [&](const std::string& path) {
    const VideoIndex index = IndexOrDie(data + path);
    EXPECT_TRUE(index.direct && index.separable) << path;
    return index.size();
  };
  EXPECT_EQ(frames("video-variety/moviepy/no_duration.webm"), 74);
  EXPECT_EQ(frames("video-variety/asl-gestures/yes.mkv"), 65);
  EXPECT_EQ(frames("torchcodec/av1_video.mkv"), 125);
  EXPECT_EQ(frames("torchcodec/h265_video.mp4"), 10);
  EXPECT_EQ(frames("ucf101-6/HorseRace/v_HorseRace_g01_c01.avi"), 192);
  const VideoIndex corrupted =
      IndexOrDie(data + "video-variety/decord/corrupted.mp4");
  EXPECT_EQ(corrupted.size(), 49);
  EXPECT_EQ(corrupted.packets.size(), 50U);
  EXPECT_FALSE(corrupted.separable);
}

// Two frames in a packet and a packet with none: each frame gets its own.
TEST(MakeIndexTest, TakesPackedFramesApart) {
  SKIP_WITHOUT_DATA();
  const std::string path =
      DataFolder() + "/ucf101-6/Archery/v_Archery_g09_c01.avi";
  const std::string bytes = Contents(path);
  const VideoIndex index = IndexOrDie(path);
  EXPECT_TRUE(index.direct && index.separable);
  EXPECT_EQ(index.size(), 99);
  EXPECT_EQ(Droppable(index), 65);
  const std::string frame("\0\0\1\xb6", 4);
  for (const VideoPacket& packet : index.packets) {
    const std::string one = bytes.substr(packet.offset, packet.size);
    const size_t first = one.find(frame);
    ASSERT_NE(first, std::string::npos);
    EXPECT_EQ(one.find(frame, first + 4), std::string::npos);
  }
}

}  // namespace
}  // namespace toque
