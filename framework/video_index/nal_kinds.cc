// H.264 and HEVC.

#include <string>

#include "absl/functional/function_ref.h"
#include "framework/video_index/codec_kinds.h"
#include "framework/video_index/codec_parameters.h"
#include "framework/video_index/ffmpeg.h"

namespace toque {
namespace {

// Calls `look` with each unit of the packet; units begin with their length, a
// number of `length_size` bytes, or after a start code where that is 0. False
// where the packet doesn't end with a unit's end.
bool ForEachUnit(Bytes packet, size_t length_size,
                 absl::FunctionRef<void(Bytes)> look) {
  if (length_size == 0) {
    size_t at = FindStartCode(packet, 0);
    while (at + 3 < packet.size()) {
      const size_t end = FindStartCode(packet, at + 3);
      if (end > at + 3) look(packet.subspan(at + 3, end - at - 3));
      at = end;
    }
    return true;
  }
  while (packet.size() >= length_size) {
    size_t length = 0;
    for (size_t i = 0; i < length_size; ++i) length = length << 8 | packet[i];
    packet.remove_prefix(length_size);
    if (length > packet.size()) return false;
    if (length > 0) look(packet.first(length));
    packet.remove_prefix(length);
  }
  return packet.empty();
}

// Headers that are the same in the extra data tell nothing new.
bool IsIn(const std::string& extra, Bytes unit) {
  std::string_view text = AsText(unit);
  while (!text.empty() && text.back() == 0) text.remove_suffix(1);
  return extra.find(text) != std::string::npos;
}

class H264 : public PacketKinds {
 public:
  explicit H264(const VideoIndex::Codec& codec) : extra_(codec.extra) {
    if (extra_.size() >= 7 && extra_[0] == 1)
      length_size_ = (extra_[4] & 3) + 1;
    // Of 4:4:4 pictures, or any, earlier builds of x264 had their own mind.
    // What build it was is told once, often only in the first packet.
    first_is_shown_ = FirstPacketMatters(codec);
    faithful_build_ = first_is_shown_ ? 151 : 34;
  }

  PacketKind Of(Bytes packet) override {
    constexpr int kSlice = 1, kPartition = 2, kIdr = 5, kInformation = 6;
    constexpr int kSequence = 7, kPicture = 8;
    int first = 0;  // the type of the first slice
    bool referred = false, built = false;
    const bool whole = ForEachUnit(packet, length_size_, [&](Bytes unit) {
      const int type = unit[0] & 31;
      if (type >= kSlice && type <= kIdr) {
        if (first == 0) first = type;
        referred |= (unit[0] >> 5 & 3) != 0 || type == kPartition;
      }
      if (type == kInformation) built |= NamesOldBuild(unit);
      if (type == kSequence || type == kPicture) holds_ &= IsIn(extra_, unit);
    });
    old_build_ |= built && !first_is_shown_;
    first_is_shown_ = false;
    return {.restart = whole && first == kIdr && (built || !old_build_),
            .droppable = whole && first != 0 && !referred};
  }
  bool RestartsHold() const override { return holds_; }

 private:
  bool NamesOldBuild(Bytes unit) const {
    constexpr std::string_view kName = "x264 - core ";
    std::string_view text = AsText(unit);
    const size_t at = text.find(kName);
    if (at == std::string_view::npos) return false;
    int build = 0;
    for (const char digit : text.substr(at + kName.size(), 4)) {
      if (digit < '0' || digit > '9') break;
      build = 10 * build + (digit - '0');
    }
    return build < faithful_build_;
  }

  const std::string extra_;
  size_t length_size_ = 0;
  int faithful_build_ = 0;
  bool first_is_shown_ = false;  // this packet, to every decoder
  bool old_build_ = false;
  bool holds_ = true;
};

class Hevc : public PacketKinds {
 public:
  explicit Hevc(const std::string& extra) : extra_(extra) {
    const bool lengths =
        extra.size() >= 23 &&
        (extra[0] != 0 || extra[1] != 0 || static_cast<uint8_t>(extra[2]) > 1);
    if (lengths) length_size_ = (extra[21] & 3) + 1;
    // The video parameter set of number 0 and a single layer.
    constexpr std::string_view kBegin("\x40\x01\x0c", 3);
    const size_t at = extra.find(kBegin);
    if (at != std::string::npos && at + kBegin.size() < extra.size()) {
      highest_sublayer_ = extra[at + kBegin.size()] >> 1 & 7;
    }
  }

  PacketKind Of(Bytes packet) override {
    constexpr int kSlices = 32, kFirstRestart = 16, kLastRestart = 21;
    constexpr int kFirstHeader = 32, kLastHeader = 34, kReserved = 15;
    int first = -1;  // the type of the first slice
    bool referred = false;
    const bool whole = ForEachUnit(packet, length_size_, [&](Bytes unit) {
      if (unit.size() < 2) return;
      const int type = unit[0] >> 1 & 63;
      const int layer = (unit[0] & 1) << 5 | unit[1] >> 3;
      if (type >= kFirstHeader && type <= kLastHeader && layer == 0) {
        holds_ &= IsIn(extra_, unit);
      }
      if (type >= kSlices || layer != 0) return;
      if (first < 0) first = type;
      // Even ones are not referred to by others of their sublayer.
      const int sublayer = (unit[1] & 7) - 1;
      referred |=
          type >= kReserved || type % 2 != 0 || sublayer != highest_sublayer_;
    });
    return {.restart = whole && first >= kFirstRestart && first <= kLastRestart,
            .droppable = whole && first >= 0 && !referred};
  }
  bool RestartsHold() const override { return holds_; }

 private:
  const std::string extra_;
  size_t length_size_ = 0;
  int highest_sublayer_ = -1;  // not known
  bool holds_ = true;
};

}  // namespace

std::unique_ptr<PacketKinds> H264Kinds(const VideoIndex::Codec& codec) {
  return std::make_unique<H264>(codec);
}

std::unique_ptr<PacketKinds> HevcKinds(const VideoIndex::Codec& codec) {
  return std::make_unique<Hevc>(codec.extra);
}

}  // namespace toque
