// Clips as a few bytes on their own: an index and the packets it speaks of.

#ifndef TOQUE_FRAMEWORK_VIDEO_PACKED_CLIP_H_
#define TOQUE_FRAMEWORK_VIDEO_PACKED_CLIP_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/types/span.h"
#include "framework/video_index/limits.h"
#include "framework/video_index/video_index.h"

namespace toque {

// docs/video_index.md describes the bytes.
struct PackedClip {
  VideoIndex index;  // direct; offsets count from the first packet's byte on
  absl::Span<const uint8_t> packets;  // a part of the bytes it was read from
};
absl::StatusOr<PackedClip> ReadPacked(absl::Span<const uint8_t> bytes);

// `index`, which is direct, and the bytes that its offsets count in.
std::string WritePacked(const VideoIndex& index, std::string_view packets);

// The file's own packets, those of sound and so on apart: frames stay equal bit
// by bit. Unimplemented for a clip whose headers change on the way.
absl::StatusOr<std::string> PackOriginal(const std::string& path,
                                         const VideoIndex& index,
                                         const VideoLimits& limits);

struct ShortGroups {
  // Frames between key frames, at least 1: what may be decoded in vain for one.
  int32_t group = 12;
  // x264's constant rate factor, 0..51: 18 can hardly be told from the
  // original, 6 more halve the bytes.
  double quality = 23;
  // Shrinks frames whose shorter side is longer, in pixels; 0 keeps the size.
  int32_t short_side = 0;
};

// The clip coded anew as H.264 by libx264, so that single frames cost less to
// read; 4:2:0 where height and width are even, else 4:4:4. Frames keep their
// times and their rotation.
absl::StatusOr<std::string> PackShortGroups(const std::string& path,
                                            const VideoIndex& index,
                                            const ShortGroups& options,
                                            const VideoLimits& limits);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_VIDEO_PACKED_CLIP_H_
