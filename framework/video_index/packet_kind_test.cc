#include "framework/video_index/packet_kind.h"

#include <random>

#include "framework/testing/testing.h"
#include "framework/video_index/ffmpeg.h"

namespace toque {
namespace {

using Bytes = std::vector<uint8_t>;

VideoIndex::Codec Codec(AVCodecID id, const Bytes& extra = {}) {
  VideoIndex::Codec codec;
  codec.id = id;
  codec.extra.assign(extra.begin(), extra.end());
  return codec;
}

// 'R' for a restart, 'D' for a droppable packet, '-' for neither.
std::string Kinds(PacketKinds& kinds, const std::vector<Bytes>& packets) {
  std::string text;
  for (const Bytes& packet : packets) {
    const PacketKind kind = kinds.Of(packet);
    if (kind.restart) text += 'R';
    if (kind.droppable) text += 'D';
    if (!kind.restart && !kind.droppable) text += '-';
  }
  return text;
}

std::string Kinds(AVCodecID id, const std::vector<Bytes>& packets,
                  const Bytes& extra = {}) {
  const auto kinds = KindsOf(Codec(id, extra));
  return Kinds(*kinds, packets);
}

Bytes Sum(std::initializer_list<Bytes> parts) {
  Bytes sum;
  for (const Bytes& part : parts) {
    sum.insert(sum.end(), part.begin(), part.end());
  }
  return sum;
}

Bytes Text(std::string_view text) { return {text.begin(), text.end()}; }

TEST(PacketKindTest, KnowsNothingOfOtherCodecs) {
  EXPECT_EQ(KindsOf(Codec(AV_CODEC_ID_FFV1)), nullptr);
  EXPECT_EQ(KindsOf(Codec(AV_CODEC_ID_GIF)), nullptr);
}

TEST(PacketKindTest, TakesPicturesThatStandAloneAsTheyAre) {
  EXPECT_EQ(Kinds(AV_CODEC_ID_PRORES, {{}, {1}}), "RDRD");
}

// avcC with lengths of four bytes: 01 profile .. level ff.
const Bytes kAvcc = {1, 66, 0, 30, 0xff, 0xe1, 0, 3, 0x67, 66, 9};

Bytes Unit(const Bytes& unit) {
  return Sum({{0, 0, 0, static_cast<uint8_t>(unit.size())}, unit});
}

TEST(PacketKindTest, ReadsH264WithLengths) {
  const Bytes idr = Unit({0x65, 1, 2}), refers = Unit({0x41, 1}),
              alone = Unit({0x01, 1}), information = Unit({0x06, 1});
  EXPECT_EQ(Kinds(AV_CODEC_ID_H264,
                  {Sum({information, idr}), refers, alone, Sum({alone, alone}),
                   Sum({alone, refers}), information},
                  kAvcc),
            "R-DD--");
  // A length that leads beyond the packet, or less than a length.
  EXPECT_EQ(Kinds(AV_CODEC_ID_H264, {{0, 0, 0, 9, 0x65}, {0, 0, 0, 1}, {0, 0}},
                  kAvcc),
            "---");
}

TEST(PacketKindTest, ReadsH264WithStartCodes) {
  EXPECT_EQ(Kinds(AV_CODEC_ID_H264, {{0, 0, 0, 1, 9, 0xf0, 0, 0, 1, 0x65, 1},
                                     {0, 0, 1, 0x01, 7},
                                     {0, 0, 1, 0x41, 7},
                                     {0, 0, 1},
                                     {0, 0, 1, 0, 0, 1}}),
            "RD---");
}

TEST(PacketKindTest, NoticesH264HeadersThatTheExtraDataLacks) {
  const auto kinds = KindsOf(Codec(AV_CODEC_ID_H264, kAvcc));
  const Bytes idr = Unit({0x65, 1});
  EXPECT_EQ(Kinds(*kinds, {Sum({Unit({0x67, 66, 9}), idr})}), "R");
  EXPECT_TRUE(kinds->RestartsHold());
  EXPECT_EQ(Kinds(*kinds, {Sum({Unit({0x67, 66, 8}), idr})}), "R");
  EXPECT_FALSE(kinds->RestartsHold());
}

// FFmpeg decodes 4:4:4 of builds before 151 differently, once it knows. The
// first packet is shown to every decoder, later ones aren't.
TEST(PacketKindTest, RestartsEarlyX264WhereItIsNamed) {
  const Bytes named = Unit(Sum({{0x06, 5, 40}, Text("x264 - core 150 r1")}));
  const Bytes later = Unit(Sum({{0x06, 5, 40}, Text("x264 - core 151 r1")}));
  const Bytes idr = Unit({0x65, 1});
  const Bytes both = Sum({named, idr});
  VideoIndex::Codec codec = Codec(AV_CODEC_ID_H264, kAvcc);
  codec.profile = FF_PROFILE_H264_HIGH_444_PREDICTIVE;
  EXPECT_EQ(Kinds(*KindsOf(codec), {both, idr}), "RR");
  EXPECT_EQ(Kinds(*KindsOf(codec), {idr, both, idr, both}), "RR-R");
  EXPECT_EQ(Kinds(*KindsOf(codec), {idr, Sum({later, idr}), idr}), "RRR");
  codec.profile = FF_PROFILE_H264_HIGH;
  EXPECT_EQ(Kinds(*KindsOf(codec), {idr, both, idr}), "RRR");
}

// Types 0 and 1 are trailing pictures, 8 and 9 leading ones, 19 and 21 begin.
Bytes Hevc(uint8_t type, uint8_t sublayer = 0) {
  return {0,
          0,
          1,
          static_cast<uint8_t>(type << 1),
          static_cast<uint8_t>(sublayer + 1),
          0x80};
}

TEST(PacketKindTest, ReadsHevc) {
  // A parameter set of video with one sublayer, and one with three.
  const Bytes one = {0, 0, 1, 0x40, 1, 0x0c, 1, 0xff};
  const Bytes three = {0, 0, 1, 0x40, 1, 0x0c, 5, 0xff};
  const std::vector<Bytes> packets = {Hevc(19),   Hevc(21),   Hevc(0),
                                      Hevc(1),    Hevc(8),    Hevc(9),
                                      Hevc(0, 2), Hevc(1, 2), Hevc(39)};
  EXPECT_EQ(Kinds(AV_CODEC_ID_HEVC, packets, one), "RRD-D----");
  EXPECT_EQ(Kinds(AV_CODEC_ID_HEVC, packets, three), "RR----D--");
  EXPECT_EQ(Kinds(AV_CODEC_ID_HEVC, packets), "RR-------");
}

TEST(PacketKindTest, ReadsMpeg2) {
  const Bytes sequence = {0, 0, 1, 0xb3, 8, 0, 6, 0},
              matrix = {0, 0, 1, 0xb5, 0x30, 0},
              intra = {0, 0, 1, 0, 0, 1 << 3, 0},
              predicted = {0, 0, 1, 0, 0, 2 << 3, 0},
              between = {0, 0, 1, 0, 0, 3 << 3, 0}, slice = {0, 0, 1, 1, 0, 0};
  EXPECT_EQ(
      Kinds(AV_CODEC_ID_MPEG2VIDEO,
            {Sum({sequence, intra, slice}), Sum({intra, slice}),
             Sum({predicted, slice}), Sum({between, slice}),
             Sum({between, matrix, slice}), Sum({sequence, between, slice})}),
      "R--D--");
}

TEST(PacketKindTest, ReadsMpeg4) {
  const Bytes headers = {0, 0, 1, 0xb0, 1, 0, 0, 1, 0x20, 8},
              others = {0, 0, 1, 0xb0, 2}, intra = {0, 0, 1, 0xb6, 0x10, 1},
              predicted = {0, 0, 1, 0xb6, 0x50, 1},
              between = {0, 0, 1, 0xb6, 0x90, 1};
  const auto kinds = KindsOf(Codec(AV_CODEC_ID_MPEG4, headers));
  EXPECT_EQ(Kinds(*kinds, {Sum({headers, intra}), intra, predicted, between}),
            "RR-D");
  EXPECT_TRUE(kinds->RestartsHold());
  EXPECT_EQ(Kinds(*kinds, {Sum({predicted, between})}), "-");
  EXPECT_FALSE(kinds->RestartsHold());
  const auto changed = KindsOf(Codec(AV_CODEC_ID_MPEG4, headers));
  Kinds(*changed, {Sum({others, intra})});
  EXPECT_FALSE(changed->RestartsHold());
}

TEST(PacketKindTest, ReadsH263Vp8AndVp9) {
  EXPECT_EQ(
      Kinds(AV_CODEC_ID_H263,
            {{0, 0, 0x80, 2, 0x08}, {0, 0, 0x80, 2, 0x0a}, {0, 0, 0x81, 2}}),
      "R--");
  EXPECT_EQ(Kinds(AV_CODEC_ID_VP8, {{0x10, 2, 0, 0x9d, 1, 0x2a, 64, 0, 48, 0},
                                    {0x11, 2, 0, 0x9d, 1, 0x2a, 64, 0, 48, 0},
                                    {0x10, 2, 0}}),
            "R--");
  EXPECT_EQ(Kinds(AV_CODEC_ID_VP9,
                  {{0x82, 0x49, 0x83, 0x42}, {0x86, 0x49, 0x83, 0x42}, {0x88}}),
            "R--");
}

TEST(PacketKindTest, ReadsMotionJpegAndItsTables) {
  const Bytes begin = {0xff, 0xd8}, quantisation = {0xff, 0xdb, 0, 3, 1},
              huffman = {0xff, 0xc4, 0, 3, 1}, scan = {0xff, 0xda, 0, 3, 1};
  const Bytes whole = Sum({begin, quantisation, huffman, scan}),
              standard = Sum({begin, quantisation, scan}),
              without = Sum({begin, scan});
  const auto holds = [](const std::vector<Bytes>& packets) {
    const auto kinds = KindsOf(Codec(AV_CODEC_ID_MJPEG));
    Kinds(*kinds, packets);
    return kinds->RestartsHold();
  };
  EXPECT_EQ(Kinds(AV_CODEC_ID_MJPEG, {whole, standard, without}), "RDRD-");
  EXPECT_TRUE(holds({whole, whole}));
  EXPECT_TRUE(holds({standard, standard}));
  EXPECT_FALSE(holds({whole, standard}));
  EXPECT_FALSE(holds({whole, without}));
}

// Any bytes, in memory of just their size.
TEST(PacketKindTest, LooksAtNoByteBehindThePacket) {
  std::mt19937 random(3);
  for (const AVCodecID id :
       {AV_CODEC_ID_H264, AV_CODEC_ID_HEVC, AV_CODEC_ID_MPEG2VIDEO,
        AV_CODEC_ID_MPEG4, AV_CODEC_ID_H263, AV_CODEC_ID_VP8, AV_CODEC_ID_VP9,
        AV_CODEC_ID_AV1, AV_CODEC_ID_MJPEG}) {
    const auto kinds =
        KindsOf(Codec(id, id == AV_CODEC_ID_H264 ? kAvcc : Bytes{}));
    for (int round = 0; round < 3000; ++round) {
      Bytes bytes(random() % 24);
      for (uint8_t& byte : bytes) {
        byte =
            static_cast<uint8_t>(random() % 3 == 0 ? random() : random() % 2);
      }
      bytes.shrink_to_fit();
      const PacketKind kind = kinds->Of(bytes);
      EXPECT_FALSE(bytes.empty() && (kind.restart || kind.droppable));
    }
  }
}

}  // namespace
}  // namespace toque
