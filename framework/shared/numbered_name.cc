#include "framework/shared/numbered_name.h"

#include <algorithm>

namespace toque {

absl::StatusOr<NumberedName> NumberedName::Parse(std::string_view option,
                                                 std::string_view text) {
  const size_t begin = std::min(text.find('%'), text.size());
  std::string_view rest = text.substr(begin);
  rest.remove_prefix(std::min<size_t>(rest.size(), 1));
  NumberedName name;
  const bool padded =
      rest.size() > 1 && rest[0] == '0' && rest[1] > '0' && rest[1] <= '9';
  if (padded) {
    name.digits_ = static_cast<size_t>(rest[1] - '0');
    rest.remove_prefix(2);
  }
  if (!rest.starts_with('d') || rest.find('%') != rest.npos) {
    return Invalid(absl::StrCat(View(option), " must hold one %d or %05d"),
                   View(text));
  }
  name.before_ = text.substr(0, begin);
  name.after_ = rest.substr(1);
  return name;
}

std::string NumberedName::Of(int64_t number) const {
  const std::string text = std::to_string(number);
  const size_t zeros = digits_ - std::min(digits_, text.size());
  return before_ + std::string(zeros, '0') + text + after_;
}

}  // namespace toque
