// Clips that a command line names, looked at as those of a data set.

#ifndef TOQUE_TOOLS_CLIP_FILES_H_
#define TOQUE_TOOLS_CLIP_FILES_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "framework/core/dataset.h"
#include "framework/options.pb.h"

namespace toque {

// How clips become examples.
struct ClipOptions {
  google::protobuf::Any sampler;  // of frames; empty where none is given
  VideoDecoding decoding;
};

// That of a data set of clips, whatever it reads them from: what its options
// `sampler` and `decoding` say. Nothing for a data set of something else. An
// error where clips are optical flow, which no video file holds.
absl::StatusOr<std::optional<ClipOptions>> ClipOptionsOf(
    const google::protobuf::Any& dataset);

// A sampler as the text of a plugin. Errors begin with "--sampler".
absl::StatusOr<google::protobuf::Any> ParseSampler(const std::string& text);

// The videos that FilesAt finds, tools/loose_files.h, without classes and open.
// An error, too, for a word that is a picture. `context` is the place that the
// options come from.
absl::StatusOr<std::unique_ptr<Dataset>> ClipFilesAt(
    const std::vector<std::string>& words, const ClipOptions& options,
    const Context& context);

}  // namespace toque

#endif  // TOQUE_TOOLS_CLIP_FILES_H_
