#include "framework/shared/snippet_source.h"

#include <map>

namespace toque {
namespace {

std::map<std::string_view, std::string_view>& Sources() {
  static auto* sources = new std::map<std::string_view, std::string_view>;
  return *sources;
}

}  // namespace

bool RegisterSnippetSource(const char* folder, const char* data, size_t size) {
  Sources()[folder] = std::string_view(data, size);
  return true;
}

std::string_view SnippetSource(std::string_view folder) {
  const auto found = Sources().find(folder);
  return found == Sources().end() ? "" : found->second;
}

}  // namespace toque
