#include "framework/command/shown_code.h"

#include <sstream>

namespace toque {
namespace {

constexpr std::string_view kBegin = "\nnamespace {\n";
constexpr std::string_view kEnd = "\nMade<Snippet> Make";
constexpr std::string_view kInterface = "#include \"framework/core/snippet.h\"";

std::string Includes(const std::string& head) {
  std::istringstream lines(head);
  std::string includes;
  for (std::string line; std::getline(lines, line);) {
    const bool own = line == kInterface || line.ends_with(".pb.h\"");
    if (line.starts_with("#include ") && !own) includes += line.append("\n");
  }
  return includes;
}

std::string Trimmed(std::string_view code) {
  const size_t begin = code.find_first_not_of('\n');
  if (begin == code.npos) return "";
  const size_t end = code.find_last_not_of('\n') + 1;
  return std::string(code.substr(begin, end - begin));
}

}  // namespace

std::string ShownCode(std::string_view source) {
  const size_t begin = source.find(kBegin);
  if (begin == source.npos) return "";
  const size_t end = source.find(kEnd, begin);
  if (end == source.npos) return "";
  const size_t first = begin + kBegin.size();
  const std::string code =
      first < end ? Trimmed(source.substr(first, end - first)) : "";
  if (code.empty()) return "";
  std::string shown = Includes(std::string(source.substr(0, begin)));
  if (!shown.empty()) shown.append("\n");
  return shown.append(code).append("\n");
}

}  // namespace toque
