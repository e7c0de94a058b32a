// Decoded frames to pictures.

#ifndef TOQUE_FRAMEWORK_VIDEO_FRAME_CONVERT_H_
#define TOQUE_FRAMEWORK_VIDEO_FRAME_CONVERT_H_

#include <cstdint>
#include <vector>

#include "framework/image/image.h"
#include "framework/status.h"
#include "framework/video_index/ffmpeg.h"

namespace toque {

// How stored frames become upright: turned clockwise by 0, 90, 180 or 270
// degrees, then mirrored left and right.
struct Turn {
  int32_t degrees = 0;
  bool mirrored = false;
};

// Keeps its tables for the next frame.
class FrameConverter {
 public:
  // Makes `image` the frame as 8-bit RGB, in the frame's own range and matrix
  // of colours (BT.601 where it names none), without its transparency.
  absl::Status Convert(const AVFrame& frame, Turn turn, Image* image);

 private:
  // What the scaler's tables depend on.
  struct Kind {
    int width = 0;
    int height = 0;
    int format = -1;
    int matrix = 0;
    int range = 0;
    bool operator==(const Kind&) const = default;
  };
  absl::Status Prepare(const AVFrame& frame);
  absl::Status Scale(const AVFrame& frame, uint8_t* out, int64_t stride);

  OwnedScaler scaler_;
  Kind kind_;
  std::vector<uint8_t> rows_;  // of frames that can't go to the image at once
};

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_VIDEO_FRAME_CONVERT_H_
