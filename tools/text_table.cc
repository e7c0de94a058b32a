#include "tools/text_table.h"

#include <algorithm>

#include "absl/strings/str_format.h"

namespace toque {

std::string TextTable::Text() const {
  std::vector<int> widths(rows_.front().size());
  for (const auto& row : rows_) {
    for (size_t i = 0; i < widths.size(); ++i) {
      widths[i] = std::max(widths[i], static_cast<int>(row[i].size()));
    }
  }
  std::string text;
  for (const auto& row : rows_) {
    absl::StrAppendFormat(&text, "%-*s", widths[0], row[0]);
    for (size_t i = 1; i < widths.size(); ++i) {
      absl::StrAppendFormat(&text, "  %*s", widths[i], row[i]);
    }
    text += "\n";
  }
  return text;
}

}  // namespace toque
