// What //tools:weights does with files of weights.

#ifndef TOQUE_TOOLS_WEIGHTS_TOOL_H_
#define TOQUE_TOOLS_WEIGHTS_TOOL_H_

#include <ostream>
#include <string>
#include <vector>

#include "framework/experiment.pb.h"
#include "framework/status.h"
#include "framework/weights/weights_file.h"

namespace toque {

// A file's tensors, of the part and under the names that `options` ask for;
// those that an `except` of it matches are left out. `options.file` is a path.
absl::StatusOr<WeightsFile> ReadRenamed(const Weights& options);

// Format, metadata, totals, and a line for each tensor: type, shape, elements,
// bytes.
void ShowWeights(const WeightsFile& file, std::ostream& out);

// What differs between two files: names that are in one alone, shapes, types,
// and of values the largest difference and its place. True where nothing does.
bool CompareWeights(const WeightsFile& first, const WeightsFile& second,
                    std::ostream& out);

// The last of the files with the mean of all, computed in float64, in place of
// its floating and complex tensors; all must have its names and shapes.
absl::StatusOr<WeightsFile> AverageWeights(
    const std::vector<WeightsFile>& files);

}  // namespace toque

#endif  // TOQUE_TOOLS_WEIGHTS_TOOL_H_
