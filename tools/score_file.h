// What a model says of each example of a section, on disk.

#ifndef TOQUE_TOOLS_SCORE_FILE_H_
#define TOQUE_TOOLS_SCORE_FILE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "ATen/core/Tensor.h"
#include "framework/status.h"

namespace toque {

// A .safetensors of the tensors "scores" (float32 [N, classes]; of several
// views what the evaluation made of them), "labels" (int64 [N], negative where
// an example has no class) and "names" (a line for each, as uint8).
class ScoreFile {
 public:
  // Of a batch: scores [N, classes] and classes [N], on any device; soft
  // targets [N, classes] stand for their heaviest class.
  absl::Status Add(const at::Tensor& scores, const at::Tensor& labels,
                   const std::vector<std::string>& names);
  absl::Status Write(const std::string& path) const;
  // Errors name the file and what is wrong with it.
  static absl::StatusOr<ScoreFile> Read(const std::string& path);

  // float64 [N, classes] and int64 [N], on the CPU; of an empty file undefined.
  at::Tensor scores() const;
  at::Tensor labels() const;
  const std::vector<std::string>& names() const { return names_; }

 private:
  std::vector<at::Tensor> scores_, labels_;  // of each batch, on the CPU
  std::vector<std::string> names_;
};

}  // namespace toque

#endif  // TOQUE_TOOLS_SCORE_FILE_H_
