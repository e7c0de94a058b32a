#include "framework/shared/name_patterns.h"

#include <algorithm>

namespace toque {
namespace {

bool Finds(const std::regex& pattern, std::string_view name) {
  return std::regex_search(name.begin(), name.end(), pattern);
}

}  // namespace

absl::StatusOr<NamePatterns> NamePatterns::Make(
    std::string_view option, const std::vector<std::string>& texts) {
  NamePatterns made;
  made.option_ = option;
  made.texts_ = texts;
  for (size_t i = 0; i < texts.size(); ++i) {
    try {
      made.patterns_.emplace_back(texts[i]);
    } catch (const std::regex_error&) {
      return Invalid(
          absl::StrCat(made.NameOf(i), " must be a regular expression"),
          texts[i]);
    }
  }
  return made;
}

bool NamePatterns::Match(std::string_view name) const {
  return std::ranges::any_of(patterns_, [name](const std::regex& pattern) {
    return Finds(pattern, name);
  });
}

absl::Status NamePatterns::CheckEach(
    std::string_view what, const std::vector<std::string>& names) const {
  for (size_t i = 0; i < texts_.size(); ++i) {
    const auto found = [&](const std::string& name) {
      return Finds(patterns_[i], name);
    };
    if (std::ranges::any_of(names, found)) continue;
    return Invalid(absl::StrCat(NameOf(i), " must match ", View(what)),
                   texts_[i]);
  }
  return absl::OkStatus();
}

std::string NamePatterns::NameOf(size_t i) const {
  return texts_.size() == 1 ? option_ : absl::StrCat(option_, "[", i, "]");
}

}  // namespace toque
