// Clips coded anew, with many frames where decoding may begin.

#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>
#include <vector>

#include "framework/video/clip_decoder.h"
#include "framework/video/packed_clip.h"
#include "framework/video_index/codec_parameters.h"

extern "C" {
#include "libavutil/opt.h"
#include "libavutil/pixdesc.h"
}

namespace toque {
namespace {

absl::Status CanNotEncode(int result) {
  return absl::InternalError(
      absl::StrCat("libx264 can't code the clip: ", TextOf(result)));
}

bool IsFullRange(const AVFrame& frame) {
  return frame.color_range == AVCOL_RANGE_JPEG;
}

// Takes a clip's frames in order, and gives a packed clip.
class GroupEncoder {
 public:
  GroupEncoder(const VideoIndex& source, const ShortGroups& options);

  absl::Status Take(int64_t number, const AVFrame& frame);
  absl::StatusOr<std::string> Finish();

 private:
  absl::Status Open(const AVFrame& first);
  void SetSize(const AVFrame& first);
  void SetRate();
  absl::Status OpenScaler(const AVFrame& first);
  absl::Status Receive();
  bool IsReferred(const AVPacket& packet) const;

  const ShortGroups options_;
  OwnedCodec encoder_;
  OwnedScaler scaler_;
  OwnedFrame scaled_;
  OwnedPacket packet_;
  int64_t next_ = 0;  // the frame that must come next
  int width_ = 0;     // of each frame
  int height_ = 0;
  int format_ = -1;
  VideoIndex index_;
  std::string bytes_;
};

GroupEncoder::GroupEncoder(const VideoIndex& source, const ShortGroups& options)
    : options_(options), index_(source) {
  index_.codec_name = "h264";
  index_.direct = index_.separable = true;
  index_.packets.clear();
}

// The nearest even number where the frame is shrunk.
int Shrunk(int side, double factor) {
  return std::max(2, 2 * static_cast<int>(std::lround(side * factor / 2)));
}

void GroupEncoder::SetSize(const AVFrame& first) {
  encoder_->width = first.width;
  encoder_->height = first.height;
  const int shorter = std::min(first.width, first.height);
  if (options_.short_side > 0 && shorter > options_.short_side) {
    const double factor = static_cast<double>(options_.short_side) / shorter;
    encoder_->width = Shrunk(first.width, factor);
    encoder_->height = Shrunk(first.height, factor);
  }
  const bool even = encoder_->width % 2 == 0 && encoder_->height % 2 == 0;
  encoder_->pix_fmt = even ? AV_PIX_FMT_YUV420P : AV_PIX_FMT_YUV444P;
}

// x264 spends more bits on frames that are seen for longer.
void GroupEncoder::SetRate() {
  constexpr double kLeast = 1, kMost = 1000, kUsual = 25;
  double rate = index_.frame_rate.value();
  if (!(rate >= kLeast && rate <= kMost)) rate = kUsual;
  encoder_->framerate = av_d2q(rate, 1001 * 1000);
  encoder_->time_base = av_inv_q(encoder_->framerate);
}

absl::Status GroupEncoder::Open(const AVFrame& first) {
  const AVCodec* codec = avcodec_find_encoder_by_name("libx264");
  if (codec == nullptr) {
    return absl::UnimplementedError("this FFmpeg has no libx264");
  }
  encoder_.reset(avcodec_alloc_context3(codec));
  scaled_.reset(av_frame_alloc());
  packet_.reset(av_packet_alloc());
  if (encoder_ == nullptr || scaled_ == nullptr || packet_ == nullptr) {
    return CanNotEncode(AVERROR(ENOMEM));
  }
  SetSize(first);
  SetRate();
  encoder_->thread_count = 1;  // so that bytes don't depend on the machine
  encoder_->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
  encoder_->gop_size = options_.group;
  encoder_->max_b_frames = std::min(3, options_.group - 1);
  encoder_->color_range =
      IsFullRange(first) ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG;
  if (first.colorspace != AVCOL_SPC_RGB) {
    encoder_->colorspace = first.colorspace;
  }
  encoder_->color_primaries = first.color_primaries;
  encoder_->color_trc = first.color_trc;
  av_opt_set_double(encoder_->priv_data, "crf", options_.quality, 0);
  av_opt_set(encoder_->priv_data, "preset", "medium", 0);
  // Most frames of a group can be left out, and groups rely on themselves.
  // Arithmetic coding would save a tenth of the bytes and cost a third of the
  // speed. The macroblock tree looks at memory that was never written, so that
  // no two runs give the same bytes.
  av_opt_set(encoder_->priv_data, "x264-params",
             "open-gop=0:scenecut=0:b-pyramid=none:b-adapt=0:ref=1:cabac=0:"
             "mbtree=0",
             0);
  const int result = avcodec_open2(encoder_.get(), codec, nullptr);
  if (result < 0) return CanNotEncode(result);
  return OpenScaler(first);
}

absl::Status GroupEncoder::OpenScaler(const AVFrame& first) {
  width_ = first.width;
  height_ = first.height;
  format_ = first.format;
  scaler_.reset(sws_getContext(
      first.width, first.height, static_cast<AVPixelFormat>(first.format),
      encoder_->width, encoder_->height, encoder_->pix_fmt,
      SWS_BICUBIC | SWS_ACCURATE_RND, nullptr, nullptr, nullptr));
  if (scaler_ == nullptr) return Broken("frames can't be converted");
  const int range = IsFullRange(first) ? 1 : 0;
  const int* matrix = sws_getCoefficients(first.colorspace);
  sws_setColorspaceDetails(scaler_.get(), matrix, range, matrix, range, 0,
                           1 << 16, 1 << 16);
  scaled_->width = encoder_->width;
  scaled_->height = encoder_->height;
  scaled_->format = encoder_->pix_fmt;
  const int result = av_frame_get_buffer(scaled_.get(), 0);
  return result < 0 ? CanNotEncode(result) : absl::OkStatus();
}

absl::Status GroupEncoder::Take(int64_t number, const AVFrame& frame) {
  if (encoder_ == nullptr) RETURN_IF_ERROR(Open(frame));
  if (number != next_++) return Broken("frames don't come in order");
  if (frame.width != width_ || frame.height != height_ ||
      frame.format != format_) {
    return absl::UnimplementedError(
        "the clip's frames change their size, which short groups can't");
  }
  // The encoder may still hold the frame before.
  int result = av_frame_make_writable(scaled_.get());
  if (result < 0) return CanNotEncode(result);
  sws_scale(scaler_.get(), frame.data, frame.linesize, 0, frame.height,
            scaled_->data, scaled_->linesize);
  scaled_->pts = number;
  result = avcodec_send_frame(encoder_.get(), scaled_.get());
  return result < 0 ? CanNotEncode(result) : Receive();
}

absl::Status GroupEncoder::Receive() {
  while (true) {
    const int result = avcodec_receive_packet(encoder_.get(), packet_.get());
    if (result == AVERROR(EAGAIN) || result == AVERROR_EOF) break;
    if (result < 0) return CanNotEncode(result);
    const auto frame = static_cast<size_t>(packet_->pts);
    index_.frames[frame].packet = static_cast<int32_t>(index_.packets.size());
    index_.packets.push_back(
        {.offset = bytes_.size(),
         .size = static_cast<uint32_t>(packet_->size),
         .restart = (packet_->flags & AV_PKT_FLAG_KEY) != 0,
         .droppable = !IsReferred(*packet_)});
    bytes_.append(reinterpret_cast<const char*>(packet_->data),
                  static_cast<size_t>(packet_->size));
  }
  return absl::OkStatus();
}

// Whether the packet, whose units begin with a start code, holds a slice that
// others refer to.
bool GroupEncoder::IsReferred(const AVPacket& packet) const {
  const uint8_t* const bytes = packet.data;
  for (int i = 0; i + 3 < packet.size; ++i) {
    if (bytes[i] != 0 || bytes[i + 1] != 0 || bytes[i + 2] != 1) continue;
    const int type = bytes[i + 3] & 31;
    if (type >= 1 && type <= 5) return bytes[i + 3] >> 5 != 0;
  }
  return true;
}

absl::StatusOr<std::string> GroupEncoder::Finish() {
  const int result = avcodec_send_frame(encoder_.get(), nullptr);
  if (result < 0) return CanNotEncode(result);
  RETURN_IF_ERROR(Receive());
  if (index_.packets.size() != index_.frames.size()) {
    return absl::InternalError("libx264 must give a packet for each frame");
  }
  OwnedParameters parameters(avcodec_parameters_alloc());
  if (parameters == nullptr) return CanNotEncode(AVERROR(ENOMEM));
  avcodec_parameters_from_context(parameters.get(), encoder_.get());
  index_.codec = CodecOf(*parameters);
  index_.pixel_format = av_get_pix_fmt_name(encoder_->pix_fmt);
  return WritePacked(index_, bytes_);
}

}  // namespace

absl::StatusOr<std::string> PackShortGroups(const std::string& path,
                                            const VideoIndex& index,
                                            const ShortGroups& options,
                                            const VideoLimits& limits) {
  if (options.group < 1) {
    return Invalid("group must be at least 1", options.group);
  }
  if (!(options.quality >= 0 && options.quality <= 51)) {
    return Invalid("quality must be 0 to 51", options.quality);
  }
  const Deadline deadline(limits);
  PacketBuffers buffers;
  ASSIGN_OR_RETURN(const std::unique_ptr<PacketSource> packets,
                   PacketsOf(path, index, limits.max_pixels, &buffers));
  std::vector<int64_t> frames(index.frames.size());
  std::iota(frames.begin(), frames.end(), 0);
  ClipDecoder decoder;
  RETURN_IF_ERROR(decoder.Open(index, limits.max_pixels));
  GroupEncoder encoder(index, options);
  RETURN_IF_ERROR(decoder.Decode(PlanDecoding(index, frames), deadline,
                                 packets.get(),
                                 [&](int64_t number, const AVFrame& frame) {
                                   return encoder.Take(number, frame);
                                 }));
  RETURN_IF_ERROR(packets->CheckUnchanged());
  return encoder.Finish();
}

}  // namespace toque
