// docs/cookbook.md as data: which recipes there are, and what serves each.

#ifndef TOQUE_TOOLS_COOKBOOK_INDEX_H_
#define TOQUE_TOOLS_COOKBOOK_INDEX_H_

#include <string>
#include <string_view>
#include <vector>

namespace toque {

// A line "| R28 | Expand | [`snippet.Expand`](...) | ... |" of the page.
struct Recipe {
  std::string number;
  std::string title;
  std::string served_by;             // Markdown
  std::vector<std::string> plugins;  // "recipe.Mse" and "snippet.Expand" in it
  std::string section;

  // Those of the plugins that are snippets.
  std::vector<std::string> Snippets() const;
};

// The recipes of the page, in order; those of a section stand together.
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
