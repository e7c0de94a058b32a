// The experiment that a tool is given.

#ifndef TOQUE_TOOLS_EXPERIMENT_FILE_H_
#define TOQUE_TOOLS_EXPERIMENT_FILE_H_

#include <string>
#include <vector>

#include "framework/experiment.pb.h"
#include "framework/status.h"

namespace toque {

// The one in the file that --experiment names, changed as by --set.
absl::StatusOr<Experiment> ReadExperiment(
    const std::string& path, const std::vector<std::string>& changes);

}  // namespace toque

#endif  // TOQUE_TOOLS_EXPERIMENT_FILE_H_
