// FFmpeg's objects with owners, and its errors as text.

#ifndef TOQUE_FRAMEWORK_VIDEO_INDEX_FFMPEG_H_
#define TOQUE_FRAMEWORK_VIDEO_INDEX_FFMPEG_H_

#include <memory>
#include <string>

#include "framework/status.h"

extern "C" {
#include "libavcodec/avcodec.h"
#include "libavformat/avformat.h"
#include "libavutil/frame.h"
#include "libswscale/swscale.h"
}

namespace toque {

template <auto free>
struct FreedBy {
  template <typename Object>
  void operator()(Object* object) const {
    free(&object);
  }
};
struct FreedAsScaler {
  void operator()(SwsContext* scaler) const { sws_freeContext(scaler); }
};

using OwnedCodec =
    std::unique_ptr<AVCodecContext, FreedBy<avcodec_free_context>>;
using OwnedParameters =
    std::unique_ptr<AVCodecParameters, FreedBy<avcodec_parameters_free>>;
using OwnedInput =
    std::unique_ptr<AVFormatContext, FreedBy<avformat_close_input>>;
using OwnedPacket = std::unique_ptr<AVPacket, FreedBy<av_packet_free>>;
using OwnedFrame = std::unique_ptr<AVFrame, FreedBy<av_frame_free>>;
using OwnedScaler = std::unique_ptr<SwsContext, FreedAsScaler>;

// Has FFmpeg print nothing, in the whole process.
void QuietFfmpeg();

// What FFmpeg says of an error's number: "Invalid data found when processing
// input".
std::string TextOf(int error);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_VIDEO_INDEX_FFMPEG_H_
