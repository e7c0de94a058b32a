// main() of a tool.

#ifndef TOQUE_FRAMEWORK_COMMAND_TOOL_H_
#define TOQUE_FRAMEWORK_COMMAND_TOOL_H_

#include <string>
#include <string_view>
#include <vector>

#include "framework/command/flags.h"
#include "framework/guarded.h"
#include "framework/status.h"

namespace toque {

// 0; or 1 after an error, which is printed on stderr, and where a comparison
// came out false.
int ExitStatus(const absl::Status& done);
int ExitStatus(const absl::StatusOr<bool>& equal);

// That a command line holds flags alone.
absl::Status CheckNoWords(const std::vector<std::string>& words);

// Reads the flags and does `work` with what is left of the command line. What
// `work` returns, a Status or StatusOr<bool>, or throws decides the exit
// status.
template <typename Work>
int ToolMain(std::string_view usage, int argc, char** argv, const Work& work) {
  ParseFlags(usage, &argc, &argv);
  const std::vector<std::string> words(argv + 1, argv + argc);
  return ExitStatus(Guarded([&] { return work(words); }));
}

// The same for a tool that changes an experiment: `work` is given every --set,
// in order, and nothing else may be left.
template <typename Work>
int ToolMainWithChanges(std::string_view usage, int argc, char** argv,
                        const Work& work) {
  const auto changes = TakeRepeatedFlag("set", &argc, argv);
  const auto checked = [&](const auto& words) -> decltype(work(changes)) {
    RETURN_IF_ERROR(CheckNoWords(words));
    return work(changes);
  };
  return ToolMain(usage, argc, argv, checked);
}

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_COMMAND_TOOL_H_
