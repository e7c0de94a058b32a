#include "framework/command/tool.h"

#include <iostream>

namespace toque {

int ExitStatus(const absl::Status& done) {
  if (done.ok()) return 0;
  std::cerr << done.message() << "\n";
  return 1;
}

int ExitStatus(const absl::StatusOr<bool>& equal) {
  return equal.ok() && !*equal ? 1 : ExitStatus(equal.status());
}

absl::Status CheckNoWords(const std::vector<std::string>& words) {
  if (words.empty()) return absl::OkStatus();
  return Invalid(
      absl::StrCat("unexpected argument \"", words[0], "\"; see --help"));
}

}  // namespace toque
