#include "framework/video_index/packed_planes.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "absl/strings/ascii.h"
#include "framework/video_index/codec_kinds.h"

namespace toque {
namespace {

// The decoder keeps nothing shorter back.
constexpr size_t kShortest = 8;

// An encoder's name in the headers: DivX503b1393p, DivX501Build1234p.
bool NamesPackingEncoder(std::string_view headers) {
  constexpr std::string_view kName = "DivX";
  size_t at = headers.find(kName);
  if (at == std::string_view::npos) return false;
  const auto skip_digits = [&] {
    const size_t begin = at;
    while (at < headers.size() && absl::ascii_isdigit(headers[at])) ++at;
    return at > begin;
  };
  at += kName.size();
  if (!skip_digits()) return false;
  const std::string_view rest = headers.substr(at);
  at += rest.starts_with("Build") ? 5 : rest.starts_with("b") ? 1 : 0;
  return skip_digits() && at < headers.size() && headers[at] == 'p';
}

struct Plane {
  size_t begin = 0;
  bool predicted = false;  // of those that aren't ever packed behind another
};

// The first frame at or after `from`.
std::optional<Plane> FindPlane(Bytes packet, size_t from) {
  for (size_t at = FindStartCode(packet, from); at + 5 <= packet.size();
       at = FindStartCode(packet, at + 3)) {
    if (packet[at + 3] != 0xb6) continue;
    return Plane{.begin = at, .predicted = (packet[at + 4] & 0x40) != 0};
  }
  return std::nullopt;
}

bool BeginsSequence(Bytes packet) {
  const size_t at = FindStartCode(packet, 0);
  return at + 4 <= packet.size() && packet[at + 3] == 0xb0;
}

}  // namespace

void PackedPlanes::Begin(const VideoIndex::Codec& codec) {
  packed_ = codec.id == AV_CODEC_ID_MPEG4 && NamesPackingEncoder(codec.extra);
}

absl::Status PackedPlanes::Unpack(AVPacket* packet,
                                  std::optional<uint64_t>* offset) {
  if (!packed_) return absl::OkStatus();
  const Bytes bytes(packet->data, static_cast<size_t>(packet->size));
  const std::optional<Plane> first = FindPlane(bytes, 0);
  OwnedPacket held = std::move(held_);
  if (held != nullptr && !BeginsSequence(bytes)) {
    const std::optional<uint64_t> held_offset = held_offset_;
    if (first.has_value() && !first->predicted && bytes.size() >= kShortest) {
      RETURN_IF_ERROR(Hold(*packet, 0, *offset));
    }
    if (av_packet_copy_props(held.get(), packet) < 0) {
      return Broken("no memory for a packet");
    }
    av_packet_unref(packet);
    av_packet_move_ref(packet, held.get());
    *offset = held_offset;
    return absl::OkStatus();
  }
  if (!first.has_value()) return absl::OkStatus();
  const std::optional<Plane> second = FindPlane(bytes, first->begin + 4);
  if (!second.has_value() || second->predicted) return absl::OkStatus();
  RETURN_IF_ERROR(Hold(*packet, second->begin, *offset));
  // How much the first one leaves over isn't known before it is decoded.
  if (bytes.size() - second->begin < kShortest) {
    return Broken("a packed frame is too short");
  }
  av_shrink_packet(packet, static_cast<int>(second->begin));
  return absl::OkStatus();
}

absl::Status PackedPlanes::Hold(const AVPacket& packet, size_t begin,
                                std::optional<uint64_t> offset) {
  has_unpacked_ = true;
  const int size = packet.size - static_cast<int>(begin);
  held_.reset(av_packet_alloc());
  if (held_ == nullptr || av_new_packet(held_.get(), size) < 0) {
    return Broken("no memory for a packet");
  }
  std::copy_n(packet.data + begin, size, held_->data);
  held_offset_ = offset;
  if (held_offset_.has_value()) *held_offset_ += begin;
  return absl::OkStatus();
}

}  // namespace toque
