// Which packets must be decoded for some frames of a clip.

#ifndef TOQUE_FRAMEWORK_VIDEO_DECODE_PLAN_H_
#define TOQUE_FRAMEWORK_VIDEO_DECODE_PLAN_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "framework/video_index/video_index.h"

namespace toque {

struct DecodePlan {
  struct Step {
    int32_t packet = 0;
    // The decoder gives what it holds back, and forgets all, before this
    // packet.
    bool fresh = false;
    bool operator==(const Step&) const = default;
  };
  struct Wanted {
    int32_t packet = 0;
    int64_t frame = 0;
    bool operator==(const Wanted&) const = default;
  };
  // Packets rise. After the last one the decoder gives what it holds back.
  std::vector<Step> steps;
  // Each frame once, packets rise.
  std::vector<Wanted> wanted;
};

// The fewest packets that the frames need, in one pass: from the nearest
// restart before each, without droppable packets that no one wants. Where
// frames aren't separable these are all packets of the clip, and the pass may
// end with the last frame wanted. Frames lie in 0 <= frame < index.size(), in
// any order.
DecodePlan PlanDecoding(const VideoIndex& index,
                        absl::Span<const int64_t> frames);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_VIDEO_DECODE_PLAN_H_
