// Where packets' bytes lie in their file.

#ifndef TOQUE_FRAMEWORK_VIDEO_INDEX_LOCATE_PACKETS_H_
#define TOQUE_FRAMEWORK_VIDEO_INDEX_LOCATE_PACKETS_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "framework/video_index/container.h"

namespace toque {

class PacketLocator {
 public:
  explicit PacketLocator(const Container& container) : container_(container) {}

  // Where the file has just the packet's bytes: at the place that the demuxer
  // names, or a few bytes of a header behind it. Nothing where they aren't
  // there, as for packets that the demuxer put together from parts.
  std::optional<uint64_t> Find(const AVPacket& packet);

 private:
  const Container& container_;
  std::vector<uint8_t> window_;
};

// Whether what the packet says beside its bytes concerns decoding.
bool SaysMoreThanItsBytes(const AVPacket& packet);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_VIDEO_INDEX_LOCATE_PACKETS_H_
