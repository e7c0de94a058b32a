// How frames are coded, as FFmpeg's structures have it.

#ifndef TOQUE_FRAMEWORK_VIDEO_INDEX_CODEC_PARAMETERS_H_
#define TOQUE_FRAMEWORK_VIDEO_INDEX_CODEC_PARAMETERS_H_

#include "framework/video_index/ffmpeg.h"
#include "framework/video_index/video_index.h"

namespace toque {

VideoIndex::Codec CodecOf(const AVCodecParameters& parameters);

// Whether a decoder that begins later on must be shown the clip's first packet
// beforehand: FFmpeg learns there which x264 coded the clip, and early ones had
// a 4:4:4 of their own.
bool FirstPacketMatters(const VideoIndex::Codec& codec);

// A decoder on the thread that uses it. Broken where FFmpeg has none for the
// codec, or can't make it.
absl::StatusOr<OwnedCodec> OpenDecoder(const VideoIndex::Codec& codec,
                                       int64_t max_pixels);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_VIDEO_INDEX_CODEC_PARAMETERS_H_
