// What is known of a clip before a frame of it is decoded: how its frames are
// coded, where their packets lie, and which packets a frame needs.

#ifndef TOQUE_FRAMEWORK_VIDEO_INDEX_VIDEO_INDEX_H_
#define TOQUE_FRAMEWORK_VIDEO_INDEX_VIDEO_INDEX_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "framework/status.h"
#include "framework/video_index/file_stamp.h"

namespace toque {

// A ratio of two whole numbers; 0/1 where it isn't known.
struct Rational {
  int64_t numerator = 0;
  int64_t denominator = 1;
  bool operator==(const Rational&) const = default;
  double value() const {
    return static_cast<double>(numerator) / static_cast<double>(denominator);
  }
};

// A packet in the order of decoding.
struct VideoPacket {
  // Where its bytes lie in the file, or in the bytes of a packed clip.
  uint64_t offset = 0;
  uint32_t size = 0;
  // Decoding may begin here: no frame that is shown from here on needs a packet
  // before it.
  bool restart = false;
  // No other packet refers to its frame.
  bool droppable = false;
  // The container says that its frame is not shown.
  bool hidden = false;
};

// A frame in the order in which frames are shown.
struct VideoFrame {
  // The packet that it comes from.
  int32_t packet = 0;
  // When it is shown, in units of `time_base`, from the clip's first frame on.
  int64_t time = 0;
};

struct VideoIndex {
  // The file that it was made of, or checked against; not among its bytes.
  std::optional<FileStamp> file;

  // As FFmpeg's AVCodecParameters.
  struct Codec {
    int32_t id = 0;
    uint32_t tag = 0;
    int32_t format = -1;  // of pixels
    int32_t width = 0;    // as stored, before rotation
    int32_t height = 0;
    int32_t profile = 0;
    int32_t level = 0;
    int32_t delay = 0;  // frames that the decoder holds back to order them
    int32_t bits_per_sample = 0;
    int32_t field_order = 0;
    int32_t colour_range = 0;
    int32_t colour_primaries = 0;
    int32_t colour_transfer = 0;
    int32_t colour_space = 0;
    int32_t chroma_location = 0;
    std::string extra;  // headers that the decoder is given beforehand
    bool operator==(const Codec&) const = default;
  };
  Codec codec;
  std::string codec_name;    // "h264"
  std::string container;     // "mov,mp4,m4a,3gp,3g2,mj2"
  std::string pixel_format;  // "yuv420p"
  // Degrees, clockwise, by which stored frames are turned to be shown upright:
  // 0, 90, 180 or 270; mirrored (left and right) after that.
  int32_t rotation = 0;
  bool mirrored = false;
  Rational time_base;
  Rational frame_rate;  // as the container has it
  bool has_audio = false;
  // Which of the container's streams it is.
  int32_t stream = 0;

  // Packets' bytes lie in the file as the decoder wants them. Otherwise they
  // are read through the container, from the first on; offset is not used.
  bool direct = false;
  // Each frame comes from a packet of its own, so that packets may be left out.
  // Otherwise frames are counted in the order in which they are decoded.
  bool separable = false;

  std::vector<VideoPacket> packets;
  // All frames that a decoder makes of the whole clip: at least one.
  std::vector<VideoFrame> frames;

  int64_t size() const { return static_cast<int64_t>(frames.size()); }
  // Of an upright frame.
  int32_t width() const {
    return rotation % 180 == 0 ? codec.width : codec.height;
  }
  int32_t height() const {
    return rotation % 180 == 0 ? codec.height : codec.width;
  }

  // The index as bytes, docs/video_index.md describes them, and back. What is cut or
  // changed, or refers to packets that aren't there, is Broken.
  std::string Serialise() const;
  static absl::StatusOr<VideoIndex> Parse(absl::Span<const uint8_t> bytes);
};

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_VIDEO_INDEX_VIDEO_INDEX_H_
