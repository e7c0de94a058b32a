// The experiment that a tool is to use a trained model of, as its flags say.

#ifndef TOQUE_TOOLS_TRAINED_EXPERIMENT_H_
#define TOQUE_TOOLS_TRAINED_EXPERIMENT_H_

#include <string>
#include <vector>

#include "framework/experiment.pb.h"
#include "framework/status.h"

namespace toque {

// That of --run_dir, --experiment or --model, after the `changes` (fragments of
// --set) and flags that say where the model computes. All flags of
// tools/trained_model.h are checked first.
absl::StatusOr<Experiment> ExperimentOfFlags(
    const std::vector<std::string>& changes);

}  // namespace toque

#endif  // TOQUE_TOOLS_TRAINED_EXPERIMENT_H_
