#include "framework/video_index/make_index.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <numbers>
#include <utility>

#include "framework/video_index/codec_parameters.h"
#include "framework/video_index/container.h"
#include "framework/video_index/locate_packets.h"
#include "framework/video_index/packed_planes.h"
#include "framework/video_index/packet_kind.h"

extern "C" {
#include "libavutil/pixdesc.h"
}

namespace toque {
namespace {

Rational Ratio(AVRational ratio) {
  if (ratio.den <= 0 || ratio.num < 0) return {};
  return {.numerator = ratio.num, .denominator = ratio.den};
}

// What a display matrix asks for, to the nearest quarter.
void SetTurn(const AVStream& stream, VideoIndex* index) {
  size_t size = 0;
  const auto* const matrix = reinterpret_cast<const int32_t*>(
      av_stream_get_side_data(&stream, AV_PKT_DATA_DISPLAYMATRIX, &size));
  if (matrix == nullptr || size < 9 * sizeof(int32_t)) return;
  // (x, y) goes to (a x + c y, b x + d y), where y points down.
  double a = matrix[0];
  const double b = matrix[1], c = matrix[3], d = matrix[4];
  index->mirrored = a * d - b * c < 0;
  if (index->mirrored) a = -a;
  const double quarters = std::atan2(b, a) / (std::numbers::pi / 2);
  index->rotation = static_cast<int32_t>((std::lround(quarters) + 4) % 4) * 90;
}

// How a stream is coded and shown.
VideoIndex Described(const Container& container) {
  const AVStream& stream = container.stream();
  VideoIndex index;
  index.file = container.stamp();
  index.codec = CodecOf(*stream.codecpar);
  index.codec_name = avcodec_get_name(stream.codecpar->codec_id);
  index.container = container.name();
  index.time_base = Ratio(stream.time_base);
  index.frame_rate = Ratio(stream.avg_frame_rate);
  if (index.frame_rate.numerator == 0) {
    index.frame_rate = Ratio(stream.r_frame_rate);
  }
  index.has_audio = container.HasAudio();
  index.stream = stream.index;
  SetTurn(stream, &index);
  return index;
}

class IndexMaker {
 public:
  IndexMaker(const Container& container, const VideoLimits& limits)
      : container_(container),
        limits_(limits),
        index_(Described(container)),
        kinds_(KindsOf(index_.codec)) {}

  absl::Status OpenDecoder();
  // A null packet ends the clip.
  absl::Status Add(AVPacket* packet, std::optional<uint64_t> offset,
                   const Deadline& deadline);
  absl::StatusOr<VideoIndex> Finish();
  const VideoIndex::Codec& codec() const { return index_.codec; }

 private:
  absl::Status Note(const AVPacket& packet, std::optional<uint64_t> offset);
  absl::Status Take(const AVFrame& frame);
  void SetTimes();
  void SetSeparable();
  // Frames of each packet.
  std::vector<int> Counts() const;
  int64_t Last() const {
    return static_cast<int64_t>(index_.packets.size()) - 1;
  }

  const Container& container_;
  const VideoLimits& limits_;
  VideoIndex index_;
  std::unique_ptr<PacketKinds> kinds_;
  OwnedCodec decoder_;
  OwnedFrame frame_;
  bool located_ = true;         // all packets so far
  bool sound_ = true;           // nothing was wrong or out of the ordinary
  std::vector<int64_t> times_;  // of frames, as the container has them
  int fault_ = 0;               // the decoder's last one
};

absl::Status IndexMaker::OpenDecoder() {
  ASSIGN_OR_RETURN(decoder_,
                   toque::OpenDecoder(index_.codec, limits_.max_pixels));
  decoder_->pkt_timebase = container_.stream().time_base;
  // They change pixels, and not which frames there are.
  decoder_->skip_loop_filter = AVDISCARD_ALL;
  decoder_->skip_idct = AVDISCARD_ALL;
  frame_.reset(av_frame_alloc());
  return frame_ == nullptr ? Broken("no memory for a frame") : absl::OkStatus();
}

absl::Status IndexMaker::Add(AVPacket* packet, std::optional<uint64_t> offset,
                             const Deadline& deadline) {
  if (packet != nullptr) {
    RETURN_IF_ERROR(Note(*packet, offset));
    packet->pos = Last();
  }
  int result = avcodec_send_packet(decoder_.get(), packet);
  do {
    RETURN_IF_ERROR(deadline.Check());
    if (result == AVERROR(ENOMEM)) return Broken("no memory for a frame");
    if (result < 0) fault_ = result;
    result = avcodec_receive_frame(decoder_.get(), frame_.get());
    if (result >= 0) RETURN_IF_ERROR(Take(*frame_));
  } while (result != AVERROR(EAGAIN) && result != AVERROR_EOF);
  return absl::OkStatus();
}

absl::Status IndexMaker::Note(const AVPacket& packet,
                              std::optional<uint64_t> offset) {
  if (Last() + 1 >= limits_.max_packets) {
    return Broken(
        absl::StrCat("must have at most ", limits_.max_packets, " packets"));
  }
  if (SaysMoreThanItsBytes(packet)) sound_ = located_ = false;
  located_ &= offset.has_value();
  PacketKind kind;
  if (kinds_ != nullptr) {
    kind = kinds_->Of({packet.data, static_cast<size_t>(packet.size)});
  }
  index_.packets.push_back(
      {.offset = offset.value_or(0),
       .size = static_cast<uint32_t>(packet.size),
       .restart = kind.restart,
       .droppable = kind.droppable,
       .hidden = (packet.flags & AV_PKT_FLAG_DISCARD) != 0});
  return absl::OkStatus();
}

absl::Status IndexMaker::Take(const AVFrame& frame) {
  RETURN_IF_ERROR(CheckPixels(frame.width, frame.height, limits_.max_pixels));
  if (frame.decode_error_flags != 0 ||
      (frame.flags & AV_FRAME_FLAG_CORRUPT) != 0) {
    sound_ = false;
  }
  int64_t packet = frame.pkt_pos;
  if (packet < 0 || packet > Last()) {
    sound_ = false;
    packet = Last();
  }
  if (index_.frames.empty()) {
    const char* const format =
        av_get_pix_fmt_name(static_cast<AVPixelFormat>(frame.format));
    index_.pixel_format = format == nullptr ? "" : format;
  }
  index_.frames.push_back({.packet = static_cast<int32_t>(packet)});
  times_.push_back(frame.best_effort_timestamp);
  return absl::OkStatus();
}

absl::StatusOr<VideoIndex> IndexMaker::Finish() {
  if (index_.frames.empty()) {
    return Broken(fault_ == 0 ? "must hold a frame that can be decoded"
                              : absl::StrCat("no frame can be decoded: ",
                                             TextOf(fault_)));
  }
  SetTimes();
  SetSeparable();
  index_.direct = located_ && kinds_ != nullptr;
  if (!index_.direct) {
    for (VideoPacket& packet : index_.packets) packet.offset = 0;
  }
  return std::move(index_);
}

// The container's times, if they rise; else frames are shown one by one at the
// container's rate.
void IndexMaker::SetTimes() {
  constexpr int64_t kLongest = int64_t{1} << 60;
  const bool rise = std::adjacent_find(times_.begin(), times_.end(),
                                       std::greater_equal<>()) == times_.end();
  // Those that aren't known are the least number of all.
  const bool given = rise && times_.front() > -kLongest &&
                     times_.back() < kLongest + times_.front();
  if (!given) {
    const Rational rate = index_.frame_rate;
    index_.time_base = rate.numerator == 0
                           ? Rational()
                           : Rational{rate.denominator, rate.numerator};
  }
  for (size_t i = 0; i < times_.size(); ++i) {
    index_.frames[i].time =
        given ? times_[i] - times_.front() : static_cast<int64_t>(i);
  }
}

std::vector<int> IndexMaker::Counts() const {
  std::vector<int> counts(index_.packets.size());
  for (const VideoFrame& frame : index_.frames) {
    ++counts[static_cast<size_t>(frame.packet)];
  }
  return counts;
}

void IndexMaker::SetSeparable() {
  std::vector<VideoPacket>& packets = index_.packets;
  const std::vector<int> counts = Counts();
  const auto gives_none = [&](size_t i) {
    return i < counts.size() && counts[i] == 0 && !packets[i].hidden;
  };
  for (size_t i = 0; i < packets.size(); ++i) {
    packets[i].restart &= counts[i] > 0;
    // It may be half of a frame whose other half lies beside it.
    packets[i].droppable &=
        !gives_none(i) && !gives_none(i - 1) && !gives_none(i + 1);
  }
  packets.front().restart = true;
  index_.separable = sound_ && fault_ == 0 && kinds_ != nullptr &&
                     kinds_->RestartsHold() &&
                     *std::max_element(counts.begin(), counts.end()) == 1;
  // Then the decoder need not find out again how many frames it must hold back.
  if (index_.separable) {
    index_.codec.delay = std::max(index_.codec.delay, decoder_->has_b_frames);
  }
}

// One pass over the file; `planes` may be null.
absl::StatusOr<VideoIndex> Pass(const std::string& path,
                                const VideoLimits& limits,
                                const Deadline& deadline, int stream,
                                PackedPlanes* planes) {
  ASSIGN_OR_RETURN(const std::unique_ptr<Container> container,
                   Container::Open(path, limits.max_pixels, deadline, stream));
  const OwnedPacket packet(av_packet_alloc());
  if (packet == nullptr) return Broken("no memory for a packet");
  IndexMaker maker(*container, limits);
  RETURN_IF_ERROR(maker.OpenDecoder());
  PacketLocator locator(*container);
  if (planes != nullptr) planes->Begin(maker.codec());
  while (true) {
    ASSIGN_OR_RETURN(const bool more, container->Next(deadline, packet.get()));
    if (!more) break;
    std::optional<uint64_t> offset = locator.Find(*packet);
    if (planes != nullptr) {
      RETURN_IF_ERROR(planes->Unpack(packet.get(), &offset));
    }
    RETURN_IF_ERROR(maker.Add(packet.get(), offset, deadline));
  }
  RETURN_IF_ERROR(maker.Add(nullptr, std::nullopt, deadline));
  RETURN_IF_ERROR(container->CheckUnchanged(container->stamp()));
  return maker.Finish();
}

}  // namespace

absl::StatusOr<VideoIndex> MakeIndex(const std::string& path,
                                     const VideoLimits& limits, int stream) {
  QuietFfmpeg();
  const Deadline deadline(limits);
  PackedPlanes planes;
  absl::StatusOr<VideoIndex> index =
      Pass(path, limits, deadline, stream, &planes);
  // What was taken apart must be found in the file just so.
  const bool holds = index.ok() && index->direct;
  if (holds || !planes.has_unpacked()) return index;
  return Pass(path, limits, deadline, stream, nullptr);
}

}  // namespace toque
