// What //tools:checkpoint does with files of tensors.

#ifndef TOQUE_TOOLS_TENSOR_FILES_H_
#define TOQUE_TOOLS_TENSOR_FILES_H_

#include <ostream>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

#include "framework/status.h"

namespace toque {

// Prints metadata, progress and a line for each tensor whose name `match` is
// found in: type, shape, bytes, mean, standard deviation (that of the values
// themselves, over n) and norm.
absl::Status ShowTensors(const std::string& path, const std::regex& match,
                         std::ostream& out);

// Prints what differs between two files of that whose name `match` is found in:
// tensors, and metadata as "metadata.<key>". True where nothing does, bit for
// bit. A difference of values is told by its largest and by its norm over the
// first one's.
absl::StatusOr<bool> CompareTensors(const std::string& first,
                                    const std::string& second,
                                    const std::regex& match, std::ostream& out);

// Writes the last of the files with the mean of all in place of its weights:
// the floating tensors of model and loss in checkpoints, in other files all
// floating ones. Weights must have the same names and shapes in all files.
absl::Status AverageTensors(const std::vector<std::string>& paths,
                            const std::string& out);

// Writes the weights of a checkpoint under the names that Python's models have,
// those that the first hook of type `averages` ("recipe.Ema") has averaged in
// place of the raw ones; all raw where it is empty. Those of "recipe.Swa" only
// of a model without running statistics: theirs are recomputed from training
// data, and stand in no checkpoint.
absl::Status ConvertCheckpoint(const std::string& path,
                               std::string_view averages,
                               const std::string& out);

}  // namespace toque

#endif  // TOQUE_TOOLS_TENSOR_FILES_H_
