// Finds out what a clip consists of, by demuxing it and decoding all of it
// once.

#ifndef TOQUE_FRAMEWORK_VIDEO_INDEX_MAKE_INDEX_H_
#define TOQUE_FRAMEWORK_VIDEO_INDEX_MAKE_INDEX_H_

#include <string>

#include "framework/video_index/limits.h"
#include "framework/video_index/video_index.h"

namespace toque {

// The index of the file at `path`, of its stream of that number or of the one
// that FFmpeg takes for the best video. Broken, with the reason, for what is no
// video, holds no frame that can be decoded, exceeds the limits, or is written
// to meanwhile.
absl::StatusOr<VideoIndex> MakeIndex(const std::string& path,
                                     const VideoLimits& limits,
                                     int stream = -1);

// The same from `folder`, where an index of the file was kept, as long as the
// file's size and date of change are the same; made and kept otherwise. An
// empty folder keeps none. A folder that can't be written is no error, but a
// warning, once. Safe from several threads and processes.
absl::StatusOr<VideoIndex> IndexOf(const std::string& path,
                                   const std::string& folder,
                                   const VideoLimits& limits);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_VIDEO_INDEX_MAKE_INDEX_H_
