#include "framework/video_index/packet_kind.h"

#include "framework/video_index/bit_reader.h"
#include "framework/video_index/codec_kinds.h"
#include "framework/video_index/ffmpeg.h"

namespace toque {
namespace {

// A codec where each packet speaks for itself.
class StatelessKinds : public PacketKinds {
 public:
  using Look = PacketKind (*)(Bytes);
  explicit StatelessKinds(Look look) : look_(look) {}
  PacketKind Of(Bytes packet) override { return look_(packet); }

 private:
  const Look look_;
};

PacketKind Whole(Bytes) { return {.restart = true, .droppable = true}; }

// An intra picture whose header tells all that a decoder must know.
PacketKind H263Kind(Bytes packet) {
  BitReader bits(packet);
  if (bits.Bits(22) != 32) return {};
  bits.Bits(8 + 5);  // the picture's number, and how it is to be shown
  constexpr uint32_t kExtended = 7;
  const uint32_t format = bits.Bits(3);
  if (format != kExtended) return {.restart = !bits.Flag() && format != 0};
  if (bits.Bits(3) != 1) return {};  // without the options of the sequence
  bits.Bits(18);
  return {.restart = bits.Bits(3) == 0 && !bits.past_end()};
}

PacketKind Vp8Kind(Bytes packet) {
  return {.restart = packet.size() >= 10 && (packet[0] & 1) == 0 &&
                     packet[3] == 0x9d && packet[4] == 0x01 &&
                     packet[5] == 0x2a};
}

// Of the first frame in the packet. Frames that nothing refers to leave their
// motion to the next one, so that none is droppable.
PacketKind Vp9Kind(Bytes packet) {
  BitReader bits(packet);
  if (bits.Bits(2) != 2) return {};
  const uint32_t low = bits.Bits(1);
  const uint32_t profile = low + 2 * bits.Bits(1);
  if (profile == 3) bits.Bits(1);
  const bool shown_again = bits.Flag();
  const bool inter = bits.Flag();
  bits.Bits(2);  // whether it is shown, and resilient to errors
  return {.restart = !shown_again && !inter && bits.Bits(24) == 0x498342};
}

// Pictures of which some may rely on the tables of others.
class MjpegKinds : public PacketKinds {
 public:
  PacketKind Of(Bytes packet) override {
    bool quantisation = false, huffman = false;
    size_t at = 2;
    while (at + 4 <= packet.size() && packet[at] == 0xff) {
      const uint8_t marker = packet[at + 1];
      if (marker == 0xda) break;
      quantisation |= marker == 0xdb;
      huffman |= marker == 0xc4;
      at += 2 + (size_t{packet[at + 2]} << 8 | packet[at + 3]);
    }
    const bool whole = quantisation && AsText(packet).starts_with("\xff\xd8");
    (huffman ? own_ : standard_) = true;
    incomplete_ |= !whole;
    return {.restart = whole, .droppable = whole};
  }
  bool RestartsHold() const override {
    return !incomplete_ && !(own_ && standard_);
  }

 private:
  bool own_ = false;       // some bring Huffman tables
  bool standard_ = false;  // some rely on those that were there
  bool incomplete_ = false;
};

}  // namespace

std::unique_ptr<PacketKinds> KindsOf(const VideoIndex::Codec& codec) {
  switch (codec.id) {
    case AV_CODEC_ID_H264:
      return H264Kinds(codec);
    case AV_CODEC_ID_HEVC:
      return HevcKinds(codec);
    case AV_CODEC_ID_MPEG1VIDEO:
    case AV_CODEC_ID_MPEG2VIDEO:
      return Mpeg12Kinds();
    case AV_CODEC_ID_MPEG4:
      return Mpeg4Kinds(codec);
    case AV_CODEC_ID_H263:
      return std::make_unique<StatelessKinds>(&H263Kind);
    case AV_CODEC_ID_VP8:
      return std::make_unique<StatelessKinds>(&Vp8Kind);
    case AV_CODEC_ID_VP9:
      return std::make_unique<StatelessKinds>(&Vp9Kind);
    case AV_CODEC_ID_AV1:
      return Av1Kinds();
    case AV_CODEC_ID_MJPEG:
      return std::make_unique<MjpegKinds>();
    case AV_CODEC_ID_BMP:
    case AV_CODEC_ID_DNXHD:
    case AV_CODEC_ID_DVVIDEO:
    case AV_CODEC_ID_FFVHUFF:
    case AV_CODEC_ID_HUFFYUV:
    case AV_CODEC_ID_JPEG2000:
    case AV_CODEC_ID_PNG:
    case AV_CODEC_ID_PRORES:
    case AV_CODEC_ID_RAWVIDEO:
    case AV_CODEC_ID_TIFF:
    case AV_CODEC_ID_UTVIDEO:
    case AV_CODEC_ID_V210:
    case AV_CODEC_ID_V410:
      return std::make_unique<StatelessKinds>(&Whole);
    default:
      return nullptr;
  }
}

}  // namespace toque
