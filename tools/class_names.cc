#include "tools/class_names.h"

#include <algorithm>
#include <string_view>

#include "framework/shared/input_file.h"
#include "nlohmann/json.hpp"
#include "tools/trained_model.h"

namespace toque {

absl::StatusOr<std::vector<std::string>> ReadClassNames(
    const std::string& path) {
  std::vector<std::string> names;
  RETURN_IF_ERROR(ForEachLine(path, [&names](std::string_view line) {
    names.emplace_back(line);
    return absl::OkStatus();
  }));
  while (!names.empty() && names.back().empty()) names.pop_back();
  const auto blank = std::ranges::find(names, "");
  if (blank == names.end()) return names;
  return AtPlace(Invalid("a class must have a name"),
                 absl::StrCat(path, ":", blank - names.begin() + 1));
}

std::vector<std::string> ClassNamesIn(const Checkpoint& checkpoint) {
  const auto found = checkpoint.metadata.find("classes");
  if (found == checkpoint.metadata.end()) return {};
  const auto names = nlohmann::json::parse(found->second, nullptr, false);
  if (!names.is_array()) return {};
  return names.get<std::vector<std::string>>();
}

std::string TrainedModel::ClassName(int64_t index) const {
  const auto i = static_cast<size_t>(index);
  return i < class_names.size() ? class_names[i] : absl::StrCat(index);
}

absl::Status TrainedModel::CheckClassNames(int64_t outputs) const {
  const auto names = static_cast<int64_t>(class_names.size());
  if (names == 0 || names == outputs) return absl::OkStatus();
  return Invalid(absl::StrCat("--classes must have ", outputs, " lines"),
                 names);
}

}  // namespace toque
