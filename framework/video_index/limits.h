// What reading a clip may cost.

#ifndef TOQUE_FRAMEWORK_VIDEO_INDEX_LIMITS_H_
#define TOQUE_FRAMEWORK_VIDEO_INDEX_LIMITS_H_

#include <cstdint>
#include <functional>

namespace toque {

struct VideoLimits {
  // A clip that claims larger frames is broken; nothing is allocated for it.
  int64_t max_pixels = int64_t{1} << 26;
  // A clip of more packets is broken.
  int64_t max_packets = int64_t{1} << 22;
  // A clip that takes longer to index, or to read frames from, is broken.
  double seconds = 60;
  // Asked between packets, and while a file is waited for: whether to give up,
  // with an absl::CancelledError.
  std::function<bool()> cancelled = nullptr;
};

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_VIDEO_INDEX_LIMITS_H_
