// The folder of a run: the experiment as resolved, the environment, metrics
// and checkpoints.

#ifndef TOQUE_FRAMEWORK_TRAINER_RUN_FOLDER_H_
#define TOQUE_FRAMEWORK_TRAINER_RUN_FOLDER_H_

#include <cstdio>
#include <string>
#include <string_view>

#include "framework/core/run.h"
#include "framework/status.h"

namespace toque {

// The file then holds `text`, or what it held before.
absl::Status WriteTextFile(const std::string& path, std::string_view text);

// Makes the folder and its checkpoints/, with all that lies above them, and
// removes what a killed run left half-written. With `must_be_new` an error
// where the folder is there: another run was begun in the same second.
absl::Status MakeRunFolder(const std::string& folder, bool must_be_new = false);
// runs/<name>/<time> below `base`, a name that does not exist yet.
std::string NewRunFolder(const std::string& base, const std::string& name);
// The run of that name that was begun last, whatever its folder is called;
// folders without an experiment.textproto are none. An error where there is no
// run.
absl::StatusOr<std::string> NewestRunFolder(const std::string& base,
                                            const std::string& name);

// environment.json: what the run was made with and when it was started, each
// time; for people.
absl::Status WriteEnvironment(const std::string& folder, at::Device device);
// Adds to it how the run ended, as "end".
absl::Status WriteEnd(const std::string& folder, std::string_view end);
// What WriteEnd wrote since the run was started last, or "".
std::string ReadEnd(const std::string& folder);

// metrics.jsonl: an object a line, which begins with step and epoch.
class MetricsLog {
 public:
  MetricsLog() = default;
  ~MetricsLog();
  MetricsLog(const MetricsLog&) = delete;
  MetricsLog& operator=(const MetricsLog&) = delete;

  // Opens the file of a run folder and cuts off what lies after `step`; with
  // `at_end` also the evaluations at that step, which a finished run does
  // again.
  absl::Status Open(const std::string& folder, int64_t step, bool at_end);
  // Writes a line, if there is a file. Numbers that are not finite are null.
  absl::Status Append(const Progress& progress, const Metrics& metrics);

 private:
  std::string path_;
  std::FILE* file_ = nullptr;
};

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_TRAINER_RUN_FOLDER_H_
