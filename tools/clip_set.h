// Data sets whose examples are video files, for tools that want all frames.

#ifndef TOQUE_TOOLS_CLIP_SET_H_
#define TOQUE_TOOLS_CLIP_SET_H_

#include "framework/options.pb.h"
#include "google/protobuf/any.pb.h"
#include "tools/section.h"

namespace toque {

// A section's data set, open.
struct ClipsOrPictures {
  DatasetPart part;
  // Each example is a video file of its own, of which the data set's sampler
  // would pick frames.
  bool clips = false;
  // The data set as the section has it; of clips, without its sampler.
  google::protobuf::Any dataset;
  // The option of that name, of clips.
  toque::VideoDecoding decoding;
};

// As OpenDataset, but a data set of video files needs no sampler.
absl::StatusOr<ClipsOrPictures> OpenClipsOrPictures(const Section& section,
                                                    const Context& context);

}  // namespace toque

#endif  // TOQUE_TOOLS_CLIP_SET_H_
