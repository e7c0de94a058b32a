// What `bazel run` of an experiment does: the command line around a Trainer.

#ifndef TOQUE_FRAMEWORK_COMMAND_COMMAND_H_
#define TOQUE_FRAMEWORK_COMMAND_COMMAND_H_

#include <string>
#include <string_view>
#include <vector>

namespace toque {

// Where an experiment comes from and what the user asks for.
struct Command {
  std::string name;       // of the experiment: "digits_convnet"
  std::string file_name;  // for errors
  std::string text;
  std::vector<std::string> overrides;  // --set, in order
  std::string run_dir;  // "": a new folder, or with resume the newest
  std::string data;     // folder of relative data paths
  bool resume = false;
  std::string resume_from;  // "": last; "best"; or a path
};

// Runs the experiment; prints its last line on stdout and errors on stderr.
// Returns the exit status: 0, 1 after an error, 130 or 143 after a signal.
int RunCommand(const Command& command);

// The command line of a program that trains; defines its flags.
Command ParseCommand(std::string_view usage, int argc, char** argv);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_COMMAND_COMMAND_H_
