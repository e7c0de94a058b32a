// What the folder of an earlier run holds, as the command line names it.

#ifndef TOQUE_FRAMEWORK_COMMAND_PAST_RUN_H_
#define TOQUE_FRAMEWORK_COMMAND_PAST_RUN_H_

#include <string>

#include "framework/experiment.pb.h"
#include "framework/status.h"

namespace toque {

// A run folder's checkpoint by name ("last", "best", "epoch_0003"), or by path.
std::string CheckpointPath(const std::string& folder, const std::string& name);
// The same, but the last where there is no "best", which is said on stderr.
std::string ChosenCheckpoint(const std::string& folder,
                             const std::string& name);
// The experiment that a run folder holds.
absl::StatusOr<Experiment> ExperimentOf(const std::string& folder);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_COMMAND_PAST_RUN_H_
