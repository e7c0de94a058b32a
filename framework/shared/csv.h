// Files of comma-separated values, as RFC 4180 has them.

#ifndef TOQUE_FRAMEWORK_SHARED_CSV_H_
#define TOQUE_FRAMEWORK_SHARED_CSV_H_

#include <concepts>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"

namespace toque {

// The text of such a file, row by row.
class CsvText {
 public:
  // Quoted where a reader would take it for more than one cell.
  void Cell(std::string_view text);
  // In the shortest form that reads back as the same; nan, inf and -inf.
  void Cell(double value);
  void Cell(std::integral auto value) { Unquoted(absl::StrCat(value)); }
  void EndRow();

  // A whole row.
  template <typename... Cells>
  void Row(const Cells&... cells) {
    (Cell(cells), ...);
    EndRow();
  }

  const std::string& text() const { return text_; }

 private:
  void Unquoted(std::string_view text);

  std::string text_;
  bool at_start_ = true;  // of a row
};

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_SHARED_CSV_H_
