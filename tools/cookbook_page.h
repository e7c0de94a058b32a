// A snippet as its reader sees it: what it is for, its code and what it prints.

#ifndef TOQUE_TOOLS_COOKBOOK_PAGE_H_
#define TOQUE_TOOLS_COOKBOOK_PAGE_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "framework/core/snippet.h"

namespace toque {

// A snippet that has just run.
struct ShownSnippet {
  std::string name;   // "snippet.Expand"
  std::string about;  // the comment of its options message
  std::string file;   // "plugins/snippets/expand/expand.cc"
  std::string code;   // ShownCode of it
  Page page;
};

// Runs the snippet with its default options; an error where there is none of
// that name, or where it raises outside a trap. page.fault() tells whether what
// it claims is so.
absl::StatusOr<ShownSnippet> RunSnippet(const std::string& name);

// For a terminal, all of it.
std::string TerminalText(const ShownSnippet& snippet);

// A chapter of a page below docs/cookbook, headed by the snippet's name.
std::string MarkdownChapter(const ShownSnippet& snippet);

// The whole page of a section.
std::string MarkdownPage(std::string_view section,
                         const std::vector<ShownSnippet>& snippets);

// "tensor_handling.md" of "Tensor handling".
std::string MarkdownFile(std::string_view section);

}  // namespace toque

#endif  // TOQUE_TOOLS_COOKBOOK_PAGE_H_
