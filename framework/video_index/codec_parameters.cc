#include "framework/video_index/codec_parameters.h"

#include <algorithm>
#include <climits>

extern "C" {
#include "libavutil/mem.h"
}

namespace toque {
namespace {

absl::StatusOr<OwnedParameters> ParametersOf(const VideoIndex::Codec& codec) {
  OwnedParameters made(avcodec_parameters_alloc());
  if (made == nullptr) return Broken("no memory for a decoder");
  made->codec_type = AVMEDIA_TYPE_VIDEO;
  made->codec_id = static_cast<AVCodecID>(codec.id);
  made->codec_tag = codec.tag;
  made->format = codec.format;
  made->width = codec.width;
  made->height = codec.height;
  made->profile = codec.profile;
  made->level = codec.level;
  made->video_delay = codec.delay;
  made->bits_per_coded_sample = codec.bits_per_sample;
  made->field_order = static_cast<AVFieldOrder>(codec.field_order);
  made->color_range = static_cast<AVColorRange>(codec.colour_range);
  made->color_primaries = static_cast<AVColorPrimaries>(codec.colour_primaries);
  made->color_trc =
      static_cast<AVColorTransferCharacteristic>(codec.colour_transfer);
  made->color_space = static_cast<AVColorSpace>(codec.colour_space);
  made->chroma_location = static_cast<AVChromaLocation>(codec.chroma_location);
  if (codec.extra.empty()) return made;
  made->extradata = static_cast<uint8_t*>(
      av_mallocz(codec.extra.size() + AV_INPUT_BUFFER_PADDING_SIZE));
  if (made->extradata == nullptr) return Broken("no memory for a decoder");
  std::copy(codec.extra.begin(), codec.extra.end(), made->extradata);
  made->extradata_size = static_cast<int>(codec.extra.size());
  return made;
}

}  // namespace

VideoIndex::Codec CodecOf(const AVCodecParameters& parameters) {
  VideoIndex::Codec codec;
  codec.id = parameters.codec_id;
  codec.tag = parameters.codec_tag;
  codec.format = parameters.format;
  codec.width = parameters.width;
  codec.height = parameters.height;
  codec.profile = parameters.profile;
  codec.level = parameters.level;
  codec.delay = parameters.video_delay;
  codec.bits_per_sample = parameters.bits_per_coded_sample;
  codec.field_order = parameters.field_order;
  codec.colour_range = parameters.color_range;
  codec.colour_primaries = parameters.color_primaries;
  codec.colour_transfer = parameters.color_trc;
  codec.colour_space = parameters.color_space;
  codec.chroma_location = parameters.chroma_location;
  codec.extra.assign(reinterpret_cast<const char*>(parameters.extradata),
                     static_cast<size_t>(parameters.extradata_size));
  return codec;
}

bool FirstPacketMatters(const VideoIndex::Codec& codec) {
  const int profile = codec.profile & 0xff;
  return codec.id == AV_CODEC_ID_H264 &&
         (profile == FF_PROFILE_H264_HIGH_444 ||
          profile == FF_PROFILE_H264_HIGH_444_PREDICTIVE ||
          profile == FF_PROFILE_H264_CAVLC_444);
}

absl::Status CheckPixels(int64_t width, int64_t height, int64_t max_pixels) {
  if (height < 1 || width <= max_pixels / height) return absl::OkStatus();
  return Broken(absl::StrCat("frames must have at most ", max_pixels,
                             " pixels, got ", width, " x ", height));
}

int64_t PaddedPixels(int64_t width, int64_t height, int64_t max_pixels) {
  constexpr int64_t kMost = INT_MAX;  // that the option takes
  // Sides are made multiples of up to 128, and decoders of the MPEG family
  // count memory for 280 rows of edges as a picture of its own.
  constexpr int64_t kGroup = 512;
  const int64_t pixels = std::min(max_pixels, kMost);
  const bool known = width > 0 && height > 0;
  const int64_t room =
      known ? kGroup * (width + height + kGroup) : 3 * pixels + kGroup * kGroup;
  return std::min(pixels + room, kMost);
}

absl::StatusOr<OwnedCodec> OpenDecoder(const VideoIndex::Codec& codec,
                                       int64_t max_pixels) {
  QuietFfmpeg();
  RETURN_IF_ERROR(CheckPixels(codec.width, codec.height, max_pixels));
  const AVCodec* decoder =
      avcodec_find_decoder(static_cast<AVCodecID>(codec.id));
  if (decoder == nullptr || decoder->type != AVMEDIA_TYPE_VIDEO) {
    return Broken(absl::StrCat("FFmpeg has no decoder for codec ", codec.id));
  }
  ASSIGN_OR_RETURN(const OwnedParameters parameters, ParametersOf(codec));
  OwnedCodec context(avcodec_alloc_context3(decoder));
  if (context == nullptr) return Broken("no memory for a decoder");
  int result = avcodec_parameters_to_context(context.get(), parameters.get());
  context->max_pixels = PaddedPixels(codec.width, codec.height, max_pixels);
  context->thread_count = 1;
  if (result >= 0) result = avcodec_open2(context.get(), decoder, nullptr);
  if (result >= 0) return context;
  return Broken(
      absl::StrCat(decoder->name, " can't decode the clip: ", TextOf(result)));
}

}  // namespace toque
