#include "framework/weights/weights_options.h"

#include <regex>
#include <string>
#include <vector>

namespace toque {
namespace {

// std::regex takes stack by the length of its pattern.
constexpr size_t kMaxPattern = 1000;

absl::Status CheckPattern(const std::string& place,
                          const std::string& pattern) {
  const std::string what = place + " must be a regular expression";
  if (pattern.empty()) return Invalid(what + ", got none");
  if (pattern.size() > kMaxPattern) {
    return Invalid(what + " of at most 1000 characters", pattern.size());
  }
  try {
    const std::regex compiled(pattern);
  } catch (const std::regex_error& error) {
    return Invalid(absl::StrCat(what, " (", error.what(), ")"), pattern);
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckWeights(const Weights& options) {
  std::vector<absl::Status> faults;
  if (options.file().empty()) faults.push_back(Invalid("file must be given"));
  for (int i = 0; i < options.rename_size(); ++i) {
    faults.push_back(CheckPattern(absl::StrCat("rename[", i, "].match"),
                                  options.rename(i).match()));
  }
  for (int i = 0; i < options.except_size(); ++i) {
    faults.push_back(
        CheckPattern(absl::StrCat("except[", i, "]"), options.except(i)));
  }
  return Together(faults);
}

}  // namespace toque
