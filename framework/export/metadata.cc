#include "framework/export/metadata.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "nlohmann/json.hpp"

namespace toque {
namespace {

std::string Dump(const nlohmann::json& value) {
  return value.dump(-1, ' ', /*ensure_ascii=*/false,
                    nlohmann::json::error_handler_t::replace);
}

// `parts` as literals, a line each, between `open` and `close`. All that JSON
// escapes Python reads the same way.
std::string Literals(const std::vector<std::string>& parts, const char* open,
                     const char* after, const char* close) {
  std::string text = open;
  for (const std::string& part : parts) {
    absl::StrAppend(&text, "\n    ", Dump(part), after);
  }
  return absl::StrCat(text, parts.empty() ? "" : "\n", close);
}

// With their line breaks.
std::vector<std::string> LinesOf(const std::string& text) {
  std::vector<std::string> lines;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    lines.push_back(absl::StrCat(line, "\n"));
  }
  lines.back().pop_back();
  if (lines.back().empty()) lines.pop_back();
  return lines;
}

}  // namespace

std::string JsonOf(const std::vector<std::string>& texts) {
  return Dump(texts);
}

std::string PythonConstants(const NetMetadata& metadata) {
  const std::string transforms =
      metadata.transforms.empty()
          ? "\"\""
          : Literals(LinesOf(metadata.transforms), "(", "", ")");
  return absl::StrCat(
      "# What is known of the outputs and of what is done to an example "
      "first.\n"
      "CLASSES = ",
      Literals(metadata.class_names, "[", ",", "]"),
      "\nTRANSFORMS = ", transforms, "\n");
}

}  // namespace toque
