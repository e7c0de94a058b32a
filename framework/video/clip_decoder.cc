#include "framework/video/clip_decoder.h"

#include <algorithm>

#include "framework/video_index/codec_parameters.h"

namespace toque {

absl::Status ClipDecoder::Open(const VideoIndex& index, int64_t max_pixels) {
  if (packet_ == nullptr) packet_.reset(av_packet_alloc());
  if (frame_ == nullptr) frame_.reset(av_frame_alloc());
  if (packet_ == nullptr || frame_ == nullptr) {
    return Broken("no memory for a decoder");
  }
  // What a decoder has read in a clip's packets outlives a flush; where packets
  // may be left out, no other relies on that.
  if (context_ != nullptr && separable_ && index.separable &&
      max_pixels_ == max_pixels && codec_ == index.codec &&
      !FirstPacketMatters(codec_)) {
    return absl::OkStatus();
  }
  codec_ = index.codec;
  max_pixels_ = max_pixels;
  separable_ = index.separable;
  context_.reset();
  ASSIGN_OR_RETURN(context_, OpenDecoder(codec_, max_pixels_));
  used_ = primed_ = false;
  return absl::OkStatus();
}

// A decoder as if it were new.
absl::Status ClipDecoder::Renew() {
  if (!used_ && context_ != nullptr) return absl::OkStatus();
  used_ = false;
  if (separable_ && context_ != nullptr) {
    avcodec_flush_buffers(context_.get());
    return absl::OkStatus();
  }
  context_.reset();
  ASSIGN_OR_RETURN(context_, OpenDecoder(codec_, max_pixels_));
  return absl::OkStatus();
}

// Shows a new decoder the clip's first packet, where that matters and the plan
// doesn't.
absl::Status ClipDecoder::Prime(const DecodePlan& plan,
                                const Deadline& deadline,
                                PacketSource* packets) {
  if (primed_ || !separable_ || !FirstPacketMatters(codec_)) {
    return absl::OkStatus();
  }
  primed_ = true;
  if (plan.steps.empty() || plan.steps.front().packet == 0) {
    return absl::OkStatus();
  }
  av_packet_unref(packet_.get());
  RETURN_IF_ERROR(packets->Read(0, deadline, packet_.get()));
  avcodec_send_packet(context_.get(), packet_.get());
  used_ = true;
  return Renew();
}

absl::Status ClipDecoder::Decode(const DecodePlan& plan,
                                 const Deadline& deadline,
                                 PacketSource* packets, Take take) {
  RETURN_IF_ERROR(packets->Rewind());
  RETURN_IF_ERROR(Renew());
  RETURN_IF_ERROR(Prime(plan, deadline, packets));
  missing_ = plan.wanted;
  come_ = 0;
  fault_ = 0;
  for (const DecodePlan::Step& step : plan.steps) {
    if (missing_.empty()) return absl::OkStatus();
    if (step.fresh) {
      RETURN_IF_ERROR(Send(nullptr, deadline, take));
      RETURN_IF_ERROR(Renew());
    }
    RETURN_IF_ERROR(deadline.Check());
    av_packet_unref(packet_.get());
    RETURN_IF_ERROR(packets->Read(step.packet, deadline, packet_.get()));
    RETURN_IF_ERROR(Send(packet_.get(), deadline, take));
  }
  RETURN_IF_ERROR(Send(nullptr, deadline, take));
  if (missing_.empty()) return absl::OkStatus();
  const std::string reason =
      fault_ == 0 ? "" : absl::StrCat(": ", TextOf(fault_));
  return Broken(absl::StrCat("frame ", missing_.front().frame,
                             " can't be decoded", reason));
}

// Sends the packet, or asks for what is held back if it is null, and hands out
// what comes. Faults cost frames; whether one of them is wanted shows at the
// end.
absl::Status ClipDecoder::Send(const AVPacket* packet, const Deadline& deadline,
                               Take take) {
  used_ = true;
  int result = avcodec_send_packet(context_.get(), packet);
  if (result < 0) fault_ = result;
  while (!missing_.empty()) {
    result = avcodec_receive_frame(context_.get(), frame_.get());
    if (result == AVERROR(EAGAIN) || result == AVERROR_EOF) break;
    if (result >= 0) {
      RETURN_IF_ERROR(Hand(take));
    } else {
      fault_ = result;
      RETURN_IF_ERROR(deadline.Check());
    }
  }
  return absl::OkStatus();
}

absl::Status ClipDecoder::Hand(Take take) {
  const int64_t number = come_++;
  const auto found = std::find_if(
      missing_.begin(), missing_.end(), [&](const DecodePlan::Wanted& wanted) {
        return separable_ ? wanted.packet == frame_->pkt_pos
                          : wanted.frame == number;
      });
  if (found == missing_.end()) return absl::OkStatus();
  RETURN_IF_ERROR(CheckPixels(frame_->width, frame_->height, max_pixels_));
  const int64_t frame = found->frame;
  missing_.erase(found);
  return take(frame, *frame_);
}

}  // namespace toque
