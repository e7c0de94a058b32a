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

// Broken where a frame of that size has more pixels.
absl::Status CheckPixels(int64_t width, int64_t height, int64_t max_pixels);

// What FFmpeg must be allowed so that it decodes frames of max_pixels: it
// counts rows and columns that only fill up its memory. width and height are of
// the clip's frames, 0 where that isn't known.
int64_t PaddedPixels(int64_t width, int64_t height, int64_t max_pixels);

// A decoder on the thread that uses it. Broken where frames are larger, FFmpeg
// has none for the codec, or can't make it. Single frames may turn out a little
// larger than max_pixels: CheckPixels tells.
absl::StatusOr<OwnedCodec> OpenDecoder(const VideoIndex::Codec& codec,
                                       int64_t max_pixels);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_VIDEO_INDEX_CODEC_PARAMETERS_H_
