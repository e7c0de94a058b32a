#include "framework/command/past_run.h"

#include <filesystem>
#include <iostream>

#include "framework/command/flags.h"
#include "framework/config/config.h"

namespace toque {

namespace fs = std::filesystem;

std::string CheckpointPath(const std::string& folder, const std::string& name) {
  const std::string path =
      absl::StrCat(folder, "/checkpoints/", name, ".safetensors");
  const bool is_name = name == "last" || name == "best" || fs::exists(path);
  return is_name ? path : UserPath(name);
}

std::string ChosenCheckpoint(const std::string& folder,
                             const std::string& name) {
  const std::string path = CheckpointPath(folder, name);
  if (name != "best" || fs::exists(path)) return path;
  std::cerr << folder << ": no best checkpoint, taking the last\n";
  return CheckpointPath(folder, "last");
}

absl::StatusOr<Experiment> ExperimentOf(const std::string& folder) {
  const std::string path = folder + "/experiment.textproto";
  if (!fs::exists(path)) {
    return absl::NotFoundError(
        absl::StrCat(folder,
                     ": is no run folder, as it holds no "
                     "experiment.textproto"));
  }
  return LoadExperiment(path);
}

}  // namespace toque
