#include "framework/video/video_reader.h"

#include <mutex>
#include <utility>

#include "framework/video/clip_decoder.h"
#include "framework/video/decode_plan.h"
#include "framework/video/frame_convert.h"
#include "framework/video/packed_clip.h"
#include "framework/video/packet_source.h"
#include "framework/video_index/make_index.h"
#include "glog/logging.h"

namespace toque {

class VideoReader::Clip {
 public:
  Clip(VideoLimits limits, std::string index_folder)
      : limits_(std::move(limits)), index_folder_(std::move(index_folder)) {}

  absl::Status Open(const std::string& path) {
    Close();
    ASSIGN_OR_RETURN(index_, IndexOf(path, index_folder_, limits_));
    ASSIGN_OR_RETURN(packets_,
                     PacketsOf(path, index_, limits_.max_pixels, &buffers_));
    return absl::OkStatus();
  }

  absl::Status Open(absl::Span<const uint8_t> packed) {
    Close();
    ASSIGN_OR_RETURN(PackedClip clip, ReadPacked(packed));
    index_ = std::move(clip.index);
    ASSIGN_OR_RETURN(packets_, MemoryPackets(clip.packets, index_, &buffers_));
    return absl::OkStatus();
  }

  void Close() { packets_.reset(); }

  absl::Status Read(absl::Span<const int64_t> frames,
                    absl::Span<Image* const> images) {
    CHECK_EQ(frames.size(), images.size());
    for (const int64_t frame : frames) {
      CHECK(frame >= 0 && frame < index_.size())
          << "frame " << frame << " of " << index_.size();
    }
    CHECK(packets_ != nullptr) << "no clip is open";
    const Deadline deadline(limits_);
    RETURN_IF_ERROR(decoder_.Open(index_, limits_.max_pixels));
    const absl::Status decoded =
        decoder_.Decode(PlanDecoding(index_, frames), deadline, packets_.get(),
                        [&](int64_t number, const AVFrame& frame) {
                          return Take(number, frame, frames, images);
                        });
    // Explains what may be wrong with the packets, or with frames that look
    // right.
    if (!absl::IsCancelled(decoded)) {
      RETURN_IF_ERROR(packets_->CheckUnchanged());
    }
    return decoded;
  }

  const VideoIndex& index() const { return index_; }

 private:
  // Hands the frame to all that want it.
  absl::Status Take(int64_t number, const AVFrame& frame,
                    absl::Span<const int64_t> frames,
                    absl::Span<Image* const> images) {
    const Turn turn = {index_.rotation, index_.mirrored};
    for (size_t i = 0; i < frames.size(); ++i) {
      if (frames[i] != number) continue;
      RETURN_IF_ERROR(converter_.Convert(frame, turn, images[i]));
    }
    return absl::OkStatus();
  }

  const VideoLimits limits_;
  const std::string index_folder_;
  VideoIndex index_;
  PacketBuffers buffers_;
  std::unique_ptr<PacketSource> packets_;
  ClipDecoder decoder_;
  FrameConverter converter_;
};

VideoReader::VideoReader(VideoLimits limits, std::string index_folder) {
  static std::once_flag quiet;
  std::call_once(quiet, QuietFfmpeg);
  clip_ = std::make_unique<Clip>(std::move(limits), std::move(index_folder));
}

VideoReader::~VideoReader() = default;
VideoReader::VideoReader(VideoReader&&) noexcept = default;
VideoReader& VideoReader::operator=(VideoReader&&) noexcept = default;

absl::Status VideoReader::Open(const std::string& path) {
  return clip_->Open(path);
}

absl::Status VideoReader::Open(absl::Span<const uint8_t> packed) {
  return clip_->Open(packed);
}

void VideoReader::Close() { clip_->Close(); }

const VideoIndex& VideoReader::index() const { return clip_->index(); }

absl::Status VideoReader::Read(absl::Span<const int64_t> frames,
                               absl::Span<Image* const> images) {
  return clip_->Read(frames, images);
}

}  // namespace toque
