// docs/cookbook.md as data: which recipes there are, and what serves each.

#ifndef TOQUE_TOOLS_COOKBOOK_INDEX_H_
#define TOQUE_TOOLS_COOKBOOK_INDEX_H_

#include <string>
#include <string_view>
#include <vector>

namespace toque {

// A row of the page:
//   | R28 | Expand | `x.expand(2, 3)` | [`snippet.Expand`](...) | ... |
// or of its tables of what serves no recipe:
//   | sampler | [`recipe.Weighted`](...) | classes alike |
//   | `//tools:pack` | packs pictures |
struct Recipe {
  std::string number;     // "" where there is none, and then
  std::string title;      // the name of the plugin or tool
  std::string in_python;  // Markdown: how PyTorch spells it; may be ""
  std::string served_by;  // Markdown; without number, what it is
  std::string section;
  std::vector<std::string> plugins;  // named: "recipe.Mse", "snippet.Expand"
  std::vector<std::string> tools;    // named: "//tools:pack"
  // "tools/bazel run //tools:env", taken out of served_by.
  std::vector<std::string> commands;

  // Those of the plugins that are snippets.
  std::vector<std::string> Snippets() const;
};

// The rows of the page, in order; those of a section stand together.
std::vector<Recipe> ParseCookbook(std::string_view page);

// `markdown` without its marks; a link becomes "text (path)", with the path
// from the top folder.
std::string PlainText(std::string_view markdown);

// What serves the recipe, in short: the first part of its text, without links,
// and its snippets.
std::string ServedInShort(const Recipe& recipe);

// `text` in lines of at most 80 columns, each behind `indent`.
std::string Wrapped(std::string_view text, std::string_view indent);

}  // namespace toque

#endif  // TOQUE_TOOLS_COOKBOOK_INDEX_H_
