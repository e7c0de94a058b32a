#include "framework/shared/csv.h"

#include <charconv>
#include <cmath>

#include "absl/strings/str_replace.h"
#include "framework/status.h"

namespace toque {

void CsvText::Cell(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == text.npos) return Unquoted(text);
  const std::string doubled = absl::StrReplaceAll(View(text), {{"\"", "\"\""}});
  Unquoted(absl::StrCat("\"", doubled, "\""));
}

void CsvText::Cell(double value) {
  // The sign of a NaN says nothing.
  if (std::isnan(value)) return Unquoted("nan");
  char digits[32];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  Unquoted({digits, static_cast<size_t>(end - digits)});
}

void CsvText::EndRow() {
  text_ += '\n';
  at_start_ = true;
}

void CsvText::Unquoted(std::string_view text) {
  if (!at_start_) text_ += ',';
  at_start_ = false;
  text_ += text;
}

}  // namespace toque
