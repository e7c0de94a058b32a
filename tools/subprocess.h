// A program that runs beside this one.

#ifndef TOQUE_TOOLS_SUBPROCESS_H_
#define TOQUE_TOOLS_SUBPROCESS_H_

#include <sys/types.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "framework/status.h"

namespace toque {

class Subprocess {
 public:
  // Starts the program arguments[0], by its path. What it writes to stdout and
  // stderr is appended to the file `output`.
  static absl::StatusOr<std::unique_ptr<Subprocess>> Start(
      const std::vector<std::string>& arguments, const std::string& output);
  // Kills it if it still runs.
  ~Subprocess();
  Subprocess(const Subprocess&) = delete;
  Subprocess& operator=(const Subprocess&) = delete;

  bool Running();
  // Sends a signal, if it still runs.
  void Signal(int signal);
  // Waits for its end. The exit status, or 128 + the signal that ended it.
  int Wait();

 private:
  explicit Subprocess(pid_t pid) : pid_(pid) {}
  void Reap(int options);

  const pid_t pid_;
  std::optional<int> status_;
};

// Start and Wait; an error, with where to look, for any exit status but 0.
absl::Status RunProgram(const std::vector<std::string>& arguments,
                        const std::string& output);

}  // namespace toque

#endif  // TOQUE_TOOLS_SUBPROCESS_H_
