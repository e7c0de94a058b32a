// Late fusion: one answer of several models' scores.

#ifndef TOQUE_TOOLS_FUSION_H_
#define TOQUE_TOOLS_FUSION_H_

#include <string>
#include <vector>

#include "tools/score_file.h"

namespace toque {

struct Fused {
  std::string name;
  double weight = 1;
  ScoreFile file;
};

struct Figures {
  double accuracy = 0;
  double mean_class_accuracy = 0;  // over classes that have examples
};

// By the first of the highest scores [N, classes], where a NaN makes an example
// wrong; examples of a negative label [N] don't count. An error where none
// counts.
absl::StatusOr<Figures> FiguresOf(const at::Tensor& scores,
                                  const at::Tensor& labels);

// kName: as they are. kStem: what is after the last slash, up to the last dot,
// so that "a/v1.avi" and the folder "flow/v1" are one clip.
enum class NamedBy { kName, kStem };
// kProbabilities: the weighted mean of their softmax; kScores: of themselves.
enum class FusedAs { kProbabilities, kScores };

// float64 [N, classes], in the order of the first. An error, which names the
// file, unless all have the same examples, in whatever order, with the same
// labels and as many classes.
absl::StatusOr<at::Tensor> Fuse(const std::vector<Fused>& runs, NamedBy by,
                                FusedAs as);

}  // namespace toque

#endif  // TOQUE_TOOLS_FUSION_H_
