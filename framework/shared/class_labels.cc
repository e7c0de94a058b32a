#include "framework/shared/class_labels.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "framework/shared/input_file.h"

namespace toque {

std::string_view Trimmed(std::string_view text) {
  const absl::string_view part = absl::StripAsciiWhitespace(View(text));
  return {part.data(), part.size()};
}

std::string_view TakeLastWord(std::string_view* line) {
  size_t cut = line->rfind('\t');
  if (cut == line->npos) cut = line->rfind(' ');
  if (cut == line->npos) return {};
  const std::string_view word = Trimmed(line->substr(cut));
  *line = Trimmed(line->substr(0, cut));
  return word;
}

absl::StatusOr<ClassLabels> ClassLabels::Of(int64_t classes,
                                            std::vector<std::string> names) {
  RETURN_IF_ERROR(Between("classes", classes, 0, kMostClasses));
  const auto listed = static_cast<int64_t>(names.size());
  if (listed > 0 && classes != 0 && classes != listed) {
    return Invalid(absl::StrCat("classes must be ", listed,
                                ", the number of those listed"),
                   classes);
  }
  RETURN_IF_ERROR(CheckListedOnce(names));
  ClassLabels labels;
  labels.classes_ = listed > 0 ? listed : classes;
  labels.counted_ = labels.classes_ == 0;
  for (const std::string& name : names) {
    labels.numbers_.emplace(name, static_cast<int32_t>(labels.numbers_.size()));
  }
  labels.names_ = std::move(names);
  return labels;
}

absl::Status ClassLabels::ReadIndex(const std::string& path) {
  indexed_ = true;
  counted_ = false;
  RETURN_IF_ERROR(ForEachLine(
      path, [this](std::string_view line) { return AddLine(line); }));
  classes_ = static_cast<int64_t>(names_.size());
  if (classes_ > 0) return absl::OkStatus();
  return AtPlace(Invalid("must name a class"), path);
}

absl::Status ClassLabels::AddLine(std::string_view line) {
  line = Trimmed(line);
  if (line.empty()) return absl::OkStatus();
  const size_t cut = std::min(line.find_first_of(" \t"), line.size());
  const std::string number(line.substr(0, cut));
  const std::string name(Trimmed(line.substr(cut)));
  int64_t value = 0;
  if (name.empty() || !absl::SimpleAtoi(number, &value)) {
    return Invalid("a line must be a number and the name of a class",
                   View(line));
  }
  const auto label = static_cast<int32_t>(names_.size());
  for (const std::string& text : {number, name}) {
    if (!numbers_.emplace(text, label).second) {
      return Invalid("a class must be listed once", text);
    }
  }
  names_.push_back(name);
  return absl::OkStatus();
}

absl::StatusOr<int32_t> ClassLabels::Parse(std::string_view text) {
  const auto named = numbers_.find(std::string(text));
  if (named != numbers_.end()) return named->second;
  int32_t label = 0;
  if (indexed_ || !absl::SimpleAtoi(View(text), &label)) {
    return Invalid(numbers_.empty() ? "label must be a number"
                                    : "label must be a class that is listed",
                   View(text));
  }
  RETURN_IF_ERROR(AtLeast("label", label, 0));
  const int64_t limit = counted_ ? kMostClasses : classes_;
  RETURN_IF_ERROR(Within("label", label, 0, static_cast<int32_t>(limit)));
  if (counted_) classes_ = std::max<int64_t>(classes_, label + 1);
  return label;
}

}  // namespace toque
