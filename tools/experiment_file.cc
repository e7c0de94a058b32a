#include "tools/experiment_file.h"

#include "framework/command/flags.h"
#include "framework/config/config.h"
#include "framework/config/overrides.h"

namespace toque {

absl::StatusOr<Experiment> ReadExperiment(
    const std::string& path, const std::vector<std::string>& changes) {
  if (path.empty()) return Invalid("--experiment must name a text-proto");
  ASSIGN_OR_RETURN(Experiment experiment, LoadExperiment(UserPath(path)));
  for (const std::string& change : changes) {
    RETURN_IF_ERROR(ApplyOverride(change, &experiment));
  }
  return experiment;
}

}  // namespace toque
