#include "framework/video_index/locate_packets.h"

#include <algorithm>

namespace toque {
namespace {

// More than the headers of AVI's chunks and Matroska's blocks.
constexpr size_t kLongestHeader = 64;

}  // namespace

std::optional<uint64_t> PacketLocator::Find(const AVPacket& packet) {
  if (packet.pos < 0) return std::nullopt;
  const auto size = static_cast<size_t>(packet.size);
  const auto begin = static_cast<uint64_t>(packet.pos);
  if (window_.size() < size + kLongestHeader) {
    window_.resize(size + kLongestHeader);
  }
  const size_t got = container_.ReadAt(
      begin, absl::MakeSpan(window_).first(size + kLongestHeader));
  const auto end = window_.begin() + static_cast<ptrdiff_t>(got);
  const auto found =
      std::search(window_.begin(), end, packet.data, packet.data + size);
  if (found == end) return std::nullopt;
  return begin + static_cast<uint64_t>(found - window_.begin());
}

bool SaysMoreThanItsBytes(const AVPacket& packet) {
  for (int i = 0; i < packet.side_data_elems; ++i) {
    switch (packet.side_data[i].type) {
      // Of these no decoder of video makes use.
      case AV_PKT_DATA_SKIP_SAMPLES:
      case AV_PKT_DATA_MATROSKA_BLOCKADDITIONAL:
      case AV_PKT_DATA_METADATA_UPDATE:
      case AV_PKT_DATA_MPEGTS_STREAM_ID:
      case AV_PKT_DATA_CPB_PROPERTIES:
      case AV_PKT_DATA_PRFT:
        break;
      default:
        return true;
    }
  }
  return false;
}

}  // namespace toque
