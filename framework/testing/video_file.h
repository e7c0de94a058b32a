// Small clips for tests, written by FFmpeg's encoders.

#ifndef TOQUE_FRAMEWORK_TESTING_VIDEO_FILE_H_
#define TOQUE_FRAMEWORK_TESTING_VIDEO_FILE_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace toque {

struct VideoFile {
  // One of FFmpeg's encoders, and its pixels; whose container the path's ending
  // names.
  std::string encoder = "mpeg4";
  std::string pixel_format = "yuv420p";
  int height = 48;
  int width = 64;
  int frames = 20;
  int frames_per_second = 10;
  // Frames from key frame to key frame, and between two that others refer to.
  int group = 12;
  int b_frames = 0;
  // Degrees, clockwise, by which players turn the frames; .mp4 and .mov only.
  int rotation = 0;
  // "name=value:name=value" for the encoder.
  std::string options = {};
  // Frame t as RGB, [height, width, 3]; DrawSquare() where it isn't given.
  std::function<std::vector<uint8_t>(const VideoFile&, int t)> draw = nullptr;
};

// A bright square on a dark ground that goes right and down, and whose colour
// tells the frame: no two are alike.
std::vector<uint8_t> DrawSquare(const VideoFile& file, int t);

// Writes the file, or dies.
void WriteVideo(const VideoFile& file, const std::string& path);

struct PlainFrame {
  int height = 0;
  int width = 0;
  std::vector<uint8_t> pixels;  // RGB, [height, width, 3]
};

// Decodes the file's best video from its first packet to its last one by FFmpeg
// alone, and calls `take` for each frame, as it is stored. The number of
// frames; 0 for what is no video.
int64_t DecodePlainly(const std::string& path,
                      const std::function<void(const PlainFrame&)>& take);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_TESTING_VIDEO_FILE_H_
