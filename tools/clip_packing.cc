#include "tools/clip_packing.h"

#include <algorithm>
#include <memory>
#include <numeric>
#include <utility>

#include "framework/codec/encode.h"
#include "framework/image/image.h"
#include "framework/video/clip_decoder.h"
#include "framework/video/decode_plan.h"
#include "framework/video/frame_convert.h"
#include "framework/video/packet_source.h"
#include "framework/video_index/deadline.h"
#include "framework/video_index/make_index.h"
#include "tools/shrink.h"

namespace toque {
namespace {

absl::Status CheckSize(uint64_t bytes, uint64_t most) {
  if (bytes <= most) return absl::OkStatus();
  return Broken(absl::StrCat("a packed clip must be of at most ", most,
                             " bytes, got ", bytes));
}

absl::StatusOr<std::string> Original(const std::string& path,
                                     const VideoIndex& index,
                                     const ClipPacking& options) {
  uint64_t bytes = 0;
  for (const VideoPacket& packet : index.packets) bytes += packet.size;
  // Before all of them are in memory.
  RETURN_IF_ERROR(CheckSize(bytes, options.max_bytes));
  auto packed = PackOriginal(path, index, options.limits);
  if (!absl::IsUnimplemented(packed.status())) return packed;
  return Broken(
      absl::StrCat(packed.status().message(),
                   "; --clips=SHORT_GROUPS or --clips=FRAMES packs it, and "
                   "--skip_broken leaves it out"));
}

absl::StatusOr<std::string> Groups(const std::string& path,
                                   const VideoIndex& index,
                                   const ClipPacking& options) {
  auto packed = PackShortGroups(path, index, options.groups, options.limits);
  if (!absl::IsUnimplemented(packed.status())) return packed;
  return Broken(std::string(packed.status().message()));
}

// Takes the frames of a clip, and holds them as JPEG.
class FrameEncoder {
 public:
  FrameEncoder(const VideoIndex& index, const ClipPacking& options)
      : turn_{index.rotation, index.mirrored},
        options_(options),
        pictures_(index.frames.size()) {}

  absl::Status Take(int64_t number, const AVFrame& frame) {
    RETURN_IF_ERROR(converter_.Convert(frame, turn_, &image_));
    if (height_ == 0) {
      height_ = image_.height();
      width_ = image_.width();
    }
    if (image_.height() != height_ || image_.width() != width_) {
      return Broken("the frames of a clip must have one size to be pictures");
    }
    Shrink(std::min(height_, width_), options_.short_side, &image_);
    ASSIGN_OR_RETURN(const EditablePixels pixels, image_.Edit());
    std::string& picture = pictures_[static_cast<size_t>(number)];
    ASSIGN_OR_RETURN(picture, EncodeJpeg({pixels.data, pixels.height,
                                          pixels.width, pixels.channels},
                                         options_.quality));
    return CheckSize(picture.size(), options_.max_bytes);
  }

  std::vector<std::string> Pictures() && { return std::move(pictures_); }

 private:
  const Turn turn_;
  const ClipPacking& options_;
  FrameConverter converter_;
  Image image_;
  int64_t height_ = 0;  // of each frame
  int64_t width_ = 0;
  std::vector<std::string> pictures_;
};

// In one pass, with one frame in memory.
absl::StatusOr<std::vector<std::string>> Frames(const std::string& path,
                                                const VideoIndex& index,
                                                const ClipPacking& options) {
  const Deadline deadline(options.limits);
  const int64_t max_pixels = options.limits.max_pixels;
  PacketBuffers buffers;
  ASSIGN_OR_RETURN(const std::unique_ptr<PacketSource> packets,
                   PacketsOf(path, index, max_pixels, &buffers));
  ClipDecoder decoder;
  RETURN_IF_ERROR(decoder.Open(index, max_pixels));
  std::vector<int64_t> frames(index.frames.size());
  std::iota(frames.begin(), frames.end(), 0);
  FrameEncoder encoder(index, options);
  RETURN_IF_ERROR(decoder.Decode(PlanDecoding(index, frames), deadline,
                                 packets.get(),
                                 [&](int64_t number, const AVFrame& frame) {
                                   return encoder.Take(number, frame);
                                 }));
  RETURN_IF_ERROR(packets->CheckUnchanged());
  return std::move(encoder).Pictures();
}

}  // namespace

absl::StatusOr<std::vector<std::string>> PackClip(const std::string& path,
                                                  const ClipPacking& options) {
  ASSIGN_OR_RETURN(const VideoIndex index,
                   IndexOf(path, options.index_folder, options.limits));
  if (options.kind == ClipKind::kFrames) return Frames(path, index, options);
  const auto pack = options.kind == ClipKind::kOriginal ? Original : Groups;
  std::vector<std::string> records(1);
  ASSIGN_OR_RETURN(records[0], pack(path, index, options));
  RETURN_IF_ERROR(CheckSize(records[0].size(), options.max_bytes));
  return records;
}

absl::StatusOr<EncodeExample> ClipEncoder(const Dataset& dataset,
                                          const ClipPacking& options) {
  ASSIGN_OR_RETURN(std::vector<int64_t> labels, dataset.Labels());
  return [&dataset, labels = std::move(labels),
          options](int64_t index) -> absl::StatusOr<PackedExample> {
    PackedExample packed;
    packed.label = labels[static_cast<size_t>(index)];
    ASSIGN_OR_RETURN(packed.pictures, PackClip(dataset.File(index), options));
    return packed;
  };
}

}  // namespace toque
