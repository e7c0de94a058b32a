// Finds the recipes that a reader of the cookbook means.

#ifndef TOQUE_TOOLS_COOKBOOK_SEARCH_H_
#define TOQUE_TOOLS_COOKBOOK_SEARCH_H_

#include <string>
#include <string_view>
#include <vector>

#include "tools/cookbook_index.h"

namespace toque {

// Small letters and digits alone: "One-Hot" and "one_hot" are "onehot".
std::string Folded(std::string_view text);

// Whether `word` is the name of a plugin, folded, with or without its package:
// "expand", "snippet.Expand".
bool NamesPlugin(std::string_view word, std::string_view plugin);

// Whether `word` is the number of the recipe: "R09", "r9".
bool IsNumberOf(std::string_view word, const Recipe& recipe);

// The recipes that `query` is about. Each of its words counts two where the
// title or the Python of a recipe has it, and one where what serves the recipe
// or its `about` (a text for each recipe) has it; words such as "how" and "the"
// count nothing. The recipes with most come, if that is one for each word at
// least. Those that name a plugin `query` come alone.
std::vector<const Recipe*> FindRecipes(const std::vector<Recipe>& recipes,
                                       const std::vector<std::string>& about,
                                       std::string_view query);

}  // namespace toque

#endif  // TOQUE_TOOLS_COOKBOOK_SEARCH_H_
