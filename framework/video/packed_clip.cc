#include "framework/video/packed_clip.h"

#include <cstring>
#include <utility>

#include "framework/video/packet_source.h"
#include "framework/video_index/locate_packets.h"

namespace toque {
namespace {

constexpr char kMagic[8] = {'T', 'Q', 'C', 'L', 'I', 'P', '0', '1'};
// The magic and the number of the index' bytes, little endian.
constexpr size_t kHead = sizeof(kMagic) + 8;

std::string Head(uint64_t index_bytes) {
  std::string head(kMagic, sizeof(kMagic));
  for (int shift = 0; shift < 64; shift += 8) {
    head.push_back(static_cast<char>(index_bytes >> shift & 0xff));
  }
  return head;
}

}  // namespace

absl::StatusOr<PackedClip> ReadPacked(absl::Span<const uint8_t> bytes) {
  if (bytes.size() < kHead ||
      std::memcmp(bytes.data(), kMagic, sizeof(kMagic)) != 0) {
    return Broken("a packed clip must begin with TQCLIP01");
  }
  uint64_t size = 0;
  for (size_t i = kHead; i-- > sizeof(kMagic);) size = size << 8 | bytes[i];
  bytes.remove_prefix(kHead);
  if (size > bytes.size()) {
    return Broken(absl::StrCat("a packed clip's index must have its ", size,
                               " bytes, got ", bytes.size()));
  }
  PackedClip clip;
  ASSIGN_OR_RETURN(clip.index, VideoIndex::Parse(bytes.first(size)));
  clip.packets = bytes.subspan(size);
  if (!clip.index.direct) return Broken("a packed clip's index must be direct");
  return clip;
}

std::string WritePacked(const VideoIndex& index, std::string_view packets) {
  const std::string bytes = index.Serialise();
  return absl::StrCat(Head(bytes.size()), bytes, View(packets));
}

absl::StatusOr<std::string> PackOriginal(const std::string& path,
                                         const VideoIndex& index,
                                         const VideoLimits& limits) {
  const Deadline deadline(limits);
  PacketBuffers buffers;
  ASSIGN_OR_RETURN(const std::unique_ptr<PacketSource> source,
                   PacketsOf(path, index, limits.max_pixels, &buffers));
  const OwnedPacket packet(av_packet_alloc());
  if (packet == nullptr) return Broken("no memory for a packet");
  VideoIndex packed = index;
  packed.direct = true;
  std::string bytes;
  for (size_t i = 0; i < index.packets.size(); ++i) {
    RETURN_IF_ERROR(deadline.Check());
    av_packet_unref(packet.get());
    RETURN_IF_ERROR(
        source->Read(static_cast<int32_t>(i), deadline, packet.get()));
    if (SaysMoreThanItsBytes(*packet)) {
      return absl::UnimplementedError(
          "the clip's headers change on the way, which only short groups and "
          "pictures can hold");
    }
    packed.packets[i].offset = bytes.size();
    packed.packets[i].size = static_cast<uint32_t>(packet->size);
    bytes.append(reinterpret_cast<const char*>(packet->data),
                 static_cast<size_t>(packet->size));
  }
  RETURN_IF_ERROR(source->CheckUnchanged());
  return WritePacked(packed, bytes);
}

}  // namespace toque
