// MPEG-1, 2 and 4.

#include <string>

#include "framework/video_index/codec_kinds.h"

namespace toque {
namespace {

class Mpeg12 : public PacketKinds {
 public:
  PacketKind Of(Bytes packet) override {
    constexpr uint8_t kSequence = 0xb3, kExtension = 0xb5;
    constexpr uint8_t kQuantisation = 3, kIntra = 1, kBidirectional = 3;
    bool sequence = false, quantisation = false;
    uint8_t type = 0;
    for (size_t at = FindStartCode(packet, 0); at + 6 <= packet.size();
         at = FindStartCode(packet, at + 3)) {
      const uint8_t code = packet[at + 3];
      if (code == 0 && type == 0) type = packet[at + 5] >> 3 & 7;
      if (code > 0 && code <= 0xaf) break;  // the picture itself
      sequence |= code == kSequence;
      quantisation |=
          code == kExtension && packet[at + 4] >> 4 == kQuantisation;
    }
    // The sequence's header sets back all that packets before it have set.
    return {.restart = sequence && type == kIntra,
            .droppable = !sequence && !quantisation && type == kBidirectional};
  }
};

class Mpeg4 : public PacketKinds {
 public:
  explicit Mpeg4(const std::string& extra) : extra_(extra) {}

  PacketKind Of(Bytes packet) override {
    constexpr uint8_t kGroup = 0xb3, kPlane = 0xb6;
    constexpr int kIntra = 0, kBidirectional = 2;
    size_t headers = packet.size();  // how long they are
    int planes = 0, type = -1;
    for (size_t at = FindStartCode(packet, 0); at + 5 <= packet.size();
         at = FindStartCode(packet, at + 3)) {
      const uint8_t code = packet[at + 3];
      if (code != kGroup && code != kPlane) continue;
      headers = std::min(headers, at);
      if (code == kPlane && planes++ == 0) type = packet[at + 4] >> 6;
    }
    // Of some that an encoder packed into one, the decoder keeps the second
    // for its next packet.
    const bool known =
        extra_.find(AsText(packet.first(headers))) != std::string::npos;
    if (planes > 0) holds_ &= known && planes == 1;
    return {.restart = planes == 1 && type == kIntra,
            .droppable = planes == 1 && type == kBidirectional};
  }
  bool RestartsHold() const override { return holds_; }

 private:
  const std::string extra_;
  bool holds_ = true;
};

}  // namespace

std::unique_ptr<PacketKinds> Mpeg12Kinds() {
  return std::make_unique<Mpeg12>();
}

std::unique_ptr<PacketKinds> Mpeg4Kinds(const VideoIndex::Codec& codec) {
  return std::make_unique<Mpeg4>(codec.extra);
}

}  // namespace toque
