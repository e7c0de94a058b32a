// AV1: its sequence and frame headers, up to what a frame replaces.

#include "framework/video_index/bit_reader.h"
#include "framework/video_index/codec_kinds.h"

namespace toque {
namespace {

// What frame headers depend on; names are those of AV1's specification.
struct Sequence {
  bool reduced = false;  // a still picture
  bool decoder_model = false;
  bool equal_picture_interval = false;
  int presentation_time_bits = 0;
  int frame_id_bits = 0;
  int order_hint_bits = 0;
  uint32_t screen_content = 0;  // 2: each frame chooses
  uint32_t integer_mv = 0;      // 2: each frame chooses
};

void SkipVariableLength(BitReader& bits) {
  int zeros = 0;
  while (zeros < 32 && !bits.past_end() && !bits.Flag()) ++zeros;
  bits.Bits(zeros);
}

// Gives the bits of a buffer's delay.
int ReadTiming(BitReader& bits, Sequence& sequence) {
  if (!bits.Flag()) return 0;
  bits.Bits(32), bits.Bits(32);
  sequence.equal_picture_interval = bits.Flag();
  if (sequence.equal_picture_interval) SkipVariableLength(bits);
  sequence.decoder_model = bits.Flag();
  if (!sequence.decoder_model) return 0;
  const int delay_bits = static_cast<int>(bits.Bits(5)) + 1;
  bits.Bits(32), bits.Bits(5);
  sequence.presentation_time_bits = static_cast<int>(bits.Bits(5)) + 1;
  return delay_bits;
}

void SkipOperatingPoints(BitReader& bits, const Sequence& sequence,
                         int delay_bits) {
  const bool display_delays = bits.Flag();
  for (uint32_t left = bits.Bits(5) + 1; left > 0; --left) {
    bits.Bits(12);
    if (bits.Bits(5) > 7) bits.Bits(1);
    if (sequence.decoder_model && bits.Flag()) {
      bits.Bits(delay_bits), bits.Bits(delay_bits), bits.Bits(1);
    }
    if (display_delays && bits.Flag()) bits.Bits(4);
  }
}

void ReadTools(BitReader& bits, Sequence& sequence) {
  bits.Bits(4);  // of motion compensation
  const bool order_hints = bits.Flag();
  if (order_hints) bits.Bits(2);
  sequence.screen_content = bits.Flag() ? 2 : bits.Bits(1);
  sequence.integer_mv = 2;
  if (sequence.screen_content > 0 && !bits.Flag()) {
    sequence.integer_mv = bits.Bits(1);
  }
  if (order_hints) {
    sequence.order_hint_bits = static_cast<int>(bits.Bits(3)) + 1;
  }
}

Sequence ReadSequence(Bytes unit) {
  BitReader bits(unit);
  Sequence sequence;
  bits.Bits(4);
  sequence.reduced = bits.Flag();
  if (sequence.reduced) return sequence;
  const int delay_bits = ReadTiming(bits, sequence);
  SkipOperatingPoints(bits, sequence, delay_bits);
  const int width_bits = static_cast<int>(bits.Bits(4)) + 1;
  const int height_bits = static_cast<int>(bits.Bits(4)) + 1;
  bits.Bits(width_bits), bits.Bits(height_bits);
  if (bits.Flag()) {
    const int difference_bits = static_cast<int>(bits.Bits(4)) + 2;
    sequence.frame_id_bits =
        difference_bits + static_cast<int>(bits.Bits(3)) + 1;
  }
  bits.Bits(3);  // of prediction within a frame
  ReadTools(bits, sequence);
  return sequence;
}

struct Frame {
  bool key = false;      // and shown, so that it replaces all
  bool replaces = true;  // a frame that others may refer to
};

Frame ReadFrame(Bytes unit, const Sequence& sequence) {
  constexpr uint32_t kKey = 0, kInter = 1, kSwitch = 3;
  if (sequence.reduced) return {.key = true};
  BitReader bits(unit);
  if (bits.Flag()) return {};  // shows one that is there
  const uint32_t type = bits.Bits(2);
  const bool shown = bits.Flag();
  if (type == kSwitch) return {};
  if (type == kKey && shown) return {.key = true};
  if (!shown) {
    bits.Bits(1);
  } else if (sequence.decoder_model && !sequence.equal_picture_interval) {
    bits.Bits(sequence.presentation_time_bits);
  }
  const bool resilient = bits.Flag();
  bits.Bits(1);
  uint32_t screen_content = sequence.screen_content;
  if (screen_content == 2) screen_content = bits.Bits(1);
  if (screen_content != 0 && sequence.integer_mv == 2) bits.Bits(1);
  bits.Bits(sequence.frame_id_bits);
  bits.Bits(1);
  bits.Bits(sequence.order_hint_bits);
  if (type == kInter && !resilient) bits.Bits(3);
  if (sequence.decoder_model && bits.Flag()) return {};
  return {.replaces = bits.Bits(8) != 0 || bits.past_end()};
}

class Av1 : public PacketKinds {
 public:
  PacketKind Of(Bytes packet) override {
    constexpr int kSequence = 1, kHeader = 3, kFrame = 6;
    bool with_sequence = false, replaces = false, key = false;
    int frames = 0;
    while (!packet.empty()) {
      const int type = packet[0] >> 3 & 15;
      const Bytes unit = NextUnit(packet);
      if (unit.data() == nullptr) return {};
      if (type == kSequence) {
        sequence_ = ReadSequence(unit);
        with_sequence = known_ = true;
      }
      if (type != kHeader && type != kFrame) continue;
      const Frame frame = ReadFrame(unit, sequence_);
      if (frames++ == 0) key = frame.key;
      replaces |= frame.replaces;
    }
    return {.restart = with_sequence && key,
            .droppable = known_ && !with_sequence && frames > 0 && !replaces};
  }

 private:
  // Takes a unit off and gives what follows its header; null where it is cut.
  static Bytes NextUnit(Bytes& packet) {
    const bool extended = (packet[0] & 4) != 0, sized = (packet[0] & 2) != 0;
    size_t at = extended ? 2 : 1;
    uint64_t size = 0;
    bool more = sized;
    for (int shift = 0; more && shift < 56 && at < packet.size(); shift += 7) {
      size |= uint64_t{packet[at] & 127U} << shift;
      more = packet[at++] >= 128;
    }
    if (more || at > packet.size()) return {};
    if (!sized) size = packet.size() - at;
    if (size > packet.size() - at) return {};
    const Bytes unit(packet.data() + at, size);
    packet.remove_prefix(at + size);
    return unit;
  }

  Sequence sequence_;
  bool known_ = false;
};

}  // namespace

std::unique_ptr<PacketKinds> Av1Kinds() { return std::make_unique<Av1>(); }

}  // namespace toque
