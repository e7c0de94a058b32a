// Regular expressions that choose tensors and layers by their names.

#ifndef TOQUE_FRAMEWORK_SHARED_NAME_PATTERNS_H_
#define TOQUE_FRAMEWORK_SHARED_NAME_PATTERNS_H_

#include <regex>
#include <string>
#include <string_view>
#include <vector>

#include "framework/status.h"

namespace toque {

// They are searched for in a name; which matches where one of them is found.
class NamePatterns {
 public:
  NamePatterns() = default;  // match nothing

  // `option` is what errors call them: "match", or "match[1]" of several.
  static absl::StatusOr<NamePatterns> Make(
      std::string_view option, const std::vector<std::string>& texts);

  bool empty() const { return texts_.empty(); }
  bool Match(std::string_view name) const;
  // An error "match[1] must match <what>, got ..." for one that is found in no
  // name.
  absl::Status CheckEach(std::string_view what,
                         const std::vector<std::string>& names) const;

 private:
  std::string NameOf(size_t i) const;

  std::string option_;
  std::vector<std::string> texts_;
  std::vector<std::regex> patterns_;
};

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_SHARED_NAME_PATTERNS_H_
