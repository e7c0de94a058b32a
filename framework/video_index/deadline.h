// When to give a clip up.

#ifndef TOQUE_FRAMEWORK_VIDEO_INDEX_DEADLINE_H_
#define TOQUE_FRAMEWORK_VIDEO_INDEX_DEADLINE_H_

#include <chrono>

#include "framework/status.h"
#include "framework/video_index/limits.h"

namespace toque {

// Counts from its making on; `limits` outlives it.
class Deadline {
 public:
  explicit Deadline(const VideoLimits& limits) : limits_(&limits) {}

  // Cancelled if that was asked for, Broken once the time is over.
  absl::Status Check() const {
    if (limits_->cancelled && limits_->cancelled()) {
      return absl::CancelledError("reading a clip was cancelled");
    }
    const std::chrono::duration<double> passed =
        std::chrono::steady_clock::now() - start_;
    if (passed.count() <= limits_->seconds) return absl::OkStatus();
    return Broken(absl::StrCat("the clip must take at most ", limits_->seconds,
                               " s to read"));
  }

 private:
  const VideoLimits* limits_;
  std::chrono::steady_clock::time_point start_ =
      std::chrono::steady_clock::now();
};

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_VIDEO_INDEX_DEADLINE_H_
