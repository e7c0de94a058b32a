#include "framework/video/decode_plan.h"

#include <algorithm>

namespace toque {
namespace {

constexpr int64_t kNever = -1;

// The frame that each packet gives, or kNever.
std::vector<int64_t> FramesOfPackets(const VideoIndex& index) {
  std::vector<int64_t> frame_of(index.packets.size(), kNever);
  for (int64_t frame = 0; frame < index.size(); ++frame) {
    const VideoFrame& shown = index.frames[static_cast<size_t>(frame)];
    frame_of[static_cast<size_t>(shown.packet)] = frame;
  }
  return frame_of;
}

// Where decoding may begin for the frame: a frame that is shown before the
// restart that precedes it in the file belongs to the group before.
int32_t StartOf(const VideoIndex& index, const std::vector<int64_t>& frame_of,
                const DecodePlan::Wanted& wanted) {
  for (int32_t packet = wanted.packet; packet > 0; --packet) {
    const auto place = static_cast<size_t>(packet);
    if (index.packets[place].restart && frame_of[place] != kNever &&
        frame_of[place] <= wanted.frame) {
      return packet;
    }
  }
  return 0;
}

// Where decoding must have begun for each of the wanted: no later than for any
// that follows.
std::vector<int32_t> StartsOf(const VideoIndex& index,
                              const std::vector<DecodePlan::Wanted>& wanted) {
  const std::vector<int64_t> frame_of = FramesOfPackets(index);
  std::vector<int32_t> starts(wanted.size());
  for (size_t i = wanted.size(); i-- > 0;) {
    starts[i] = StartOf(index, frame_of, wanted[i]);
    if (i + 1 < wanted.size()) starts[i] = std::min(starts[i], starts[i + 1]);
  }
  return starts;
}

std::vector<DecodePlan::Wanted> WantedOf(const VideoIndex& index,
                                         absl::Span<const int64_t> frames) {
  std::vector<DecodePlan::Wanted> wanted;
  wanted.reserve(frames.size());
  for (const int64_t frame : frames) {
    wanted.push_back({index.frames[static_cast<size_t>(frame)].packet, frame});
  }
  std::sort(wanted.begin(), wanted.end(), [](const auto& a, const auto& b) {
    return a.packet != b.packet ? a.packet < b.packet : a.frame < b.frame;
  });
  wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
  return wanted;
}

}  // namespace

DecodePlan PlanDecoding(const VideoIndex& index,
                        absl::Span<const int64_t> frames) {
  DecodePlan plan;
  plan.wanted = WantedOf(index, frames);
  if (plan.wanted.empty()) return plan;
  const auto packets = static_cast<int32_t>(index.packets.size());
  if (!index.separable) {
    for (int32_t i = 0; i < packets; ++i) plan.steps.push_back({i, false});
    return plan;
  }
  const std::vector<int32_t> starts = StartsOf(index, plan.wanted);
  int32_t next = 0;  // the first packet that hasn't been dealt with
  for (size_t i = 0; i < plan.wanted.size(); ++i) {
    const int32_t wanted = plan.wanted[i].packet;
    bool fresh = starts[i] > next && !plan.steps.empty();
    for (next = std::max(next, starts[i]); next <= wanted; ++next) {
      const VideoPacket& packet = index.packets[static_cast<size_t>(next)];
      if (packet.droppable && next != wanted) continue;
      plan.steps.push_back({next, fresh});
      fresh = false;
    }
  }
  return plan;
}

}  // namespace toque
