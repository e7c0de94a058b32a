// Decodes what a plan says.

#ifndef TOQUE_FRAMEWORK_VIDEO_CLIP_DECODER_H_
#define TOQUE_FRAMEWORK_VIDEO_CLIP_DECODER_H_

#include <cstdint>
#include <vector>

#include "absl/functional/function_ref.h"
#include "framework/video/decode_plan.h"
#include "framework/video/packet_source.h"
#include "framework/video_index/deadline.h"
#include "framework/video_index/ffmpeg.h"
#include "framework/video_index/video_index.h"

namespace toque {

// FFmpeg's decoder for a clip, on the thread that uses it. Keeps its memory,
// and where two clips are coded alike, itself, from clip to clip.
class ClipDecoder {
 public:
  // Takes a frame, by its number in the order in which frames are shown.
  using Take = absl::FunctionRef<absl::Status(int64_t, const AVFrame&)>;

  ClipDecoder() = default;
  ClipDecoder(const ClipDecoder&) = delete;
  ClipDecoder& operator=(const ClipDecoder&) = delete;

  // Makes ready for a clip. Broken where FFmpeg has no decoder for it, or
  // frames are larger than max_pixels.
  absl::Status Open(const VideoIndex& index, int64_t max_pixels);

  // Sends the packets of the plan, which is of the index of the last Open, and
  // hands out each wanted frame once. Broken where one does not come.
  absl::Status Decode(const DecodePlan& plan, const Deadline& deadline,
                      PacketSource* packets, Take take);

 private:
  absl::Status Renew();
  absl::Status Prime(const DecodePlan& plan, const Deadline& deadline,
                     PacketSource* packets);
  absl::Status Send(const AVPacket* packet, const Deadline& deadline,
                    Take take);
  absl::Status Hand(Take take);

  VideoIndex::Codec codec_;
  int64_t max_pixels_ = 0;
  bool separable_ = false;
  bool used_ = false;    // since it was made or flushed
  bool primed_ = false;  // since it was made
  OwnedCodec context_;
  OwnedPacket packet_;
  OwnedFrame frame_;

  // Of the Decode that is under way.
  std::vector<DecodePlan::Wanted> missing_;  // wanted, hasn't come
  int64_t come_ = 0;                         // how many frames have
  int fault_ = 0;                            // the last one
};

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_VIDEO_CLIP_DECODER_H_
