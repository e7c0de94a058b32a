// MPEG-4 as DivX and Xvid put it into AVI: a frame and the one that is shown
// before it in a packet, and a later packet empty.

#ifndef TOQUE_FRAMEWORK_VIDEO_INDEX_PACKED_PLANES_H_
#define TOQUE_FRAMEWORK_VIDEO_INDEX_PACKED_PLANES_H_

#include <cstdint>
#include <optional>

#include "framework/video_index/ffmpeg.h"
#include "framework/video_index/video_index.h"

namespace toque {

// FFmpeg's decoder keeps the second frame of a packet back and decodes it in
// place of what the next packet holds. This does the same to packets, so that
// each has one frame. A clip's packets in their order.
class PackedPlanes {
 public:
  // Says how the clip is coded, before its first packet.
  void Begin(const VideoIndex::Codec& codec);
  // Makes the packet, which lies at `offset` of the file, the one that is to be
  // decoded in its place. Broken where it can't be told which that is.
  absl::Status Unpack(AVPacket* packet, std::optional<uint64_t>* offset);
  // Whether any packet was made another one.
  bool has_unpacked() const { return has_unpacked_; }

 private:
  absl::Status Hold(const AVPacket& packet, size_t begin,
                    std::optional<uint64_t> offset);

  bool packed_ = false;
  bool has_unpacked_ = false;
  OwnedPacket held_;  // null without one
  std::optional<uint64_t> held_offset_;
};

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_VIDEO_INDEX_PACKED_PLANES_H_
