// What a pack holds of clips.

#ifndef TOQUE_TOOLS_CLIP_PACKING_H_
#define TOQUE_TOOLS_CLIP_PACKING_H_

#include <cstdint>
#include <string>
#include <vector>

#include "framework/core/dataset.h"
#include "framework/pack/pack_format.h"
#include "framework/status.h"
#include "framework/video/packed_clip.h"
#include "framework/video_index/limits.h"
#include "tools/packing.h"

namespace toque {

enum class ClipKind {
  kOriginal,     // the file's own packets with their index
  kShortGroups,  // coded anew, with many frames where decoding may begin
  kFrames,       // a JPEG of each frame
};

struct ClipPacking {
  ClipKind kind = ClipKind::kOriginal;
  ShortGroups groups;  // of kShortGroups
  // Of kFrames: frames whose shorter side is above it are shrunk to it; 0: none
  // is.
  int64_t short_side = 0;
  int quality = 90;
  // Where indexes are kept, as IndexOf does.
  std::string index_folder;
  VideoLimits limits;
  // Of a packed clip, and of a frame.
  uint64_t max_bytes = pack::kGreatestPicture;
};

// The file as one packed clip, or its frames as pictures. Broken, with the
// reason, where it can't be read, is too large, or can't be packed in this way.
absl::StatusOr<std::vector<std::string>> PackClip(const std::string& path,
                                                  const ClipPacking& options);

// Packs the file of each example of the data set, which outlives it. An error
// where the data set doesn't know its labels.
absl::StatusOr<EncodeExample> ClipEncoder(const Dataset& dataset,
                                          const ClipPacking& options);

}  // namespace toque

#endif  // TOQUE_TOOLS_CLIP_PACKING_H_
