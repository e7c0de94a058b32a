// What there is to know of video files (R49).

#ifndef TOQUE_TOOLS_VIDEO_FACTS_H_
#define TOQUE_TOOLS_VIDEO_FACTS_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "framework/status.h"
#include "framework/video_index/limits.h"
#include "framework/video_index/video_index.h"
#include "nlohmann/json_fwd.hpp"

namespace toque {

struct VideoFacts {
  int64_t frames = 0;  // that can be decoded
  Rational rate;       // frames a second, as the container has it
  int64_t width = 0;   // upright
  int64_t height = 0;
  // From the first frame's beginning to the last one's end; 0 where neither
  // times nor rate are known.
  double seconds = 0;
  std::string codec;
  std::string container;
  std::string pixel_format;
  int rotation = 0;
  bool mirrored = false;
  bool audio = false;
  int64_t key_frames = 0;  // packets at which decoding may begin
  bool direct = false;
  bool separable = false;

  static VideoFacts Of(const VideoIndex& index);
  // "30000/1001", "25", or "?".
  std::string RateText() const;
  nlohmann::ordered_json Json() const;
};

// The facts of each file, or why it is broken, in their order. Indexes are kept
// in `index_folder`, as IndexOf does. `done` is called after each, by several
// threads.
std::vector<absl::StatusOr<VideoFacts>> LookThrough(
    const std::vector<std::string>& files, const std::string& index_folder,
    const VideoLimits& limits, int threads, const std::function<void()>& done);

}  // namespace toque

#endif  // TOQUE_TOOLS_VIDEO_FACTS_H_
