#include "tools/cookbook_search.h"

#include <algorithm>
#include <set>

#include "absl/strings/ascii.h"

namespace toque {
namespace {

// Letters of two words that are alike whatever follows: "layer" and "layers".
constexpr size_t kStem = 4;

// The words of `text` in small letters, less those that every question has.
std::set<std::string> Words(std::string_view text) {
  static const auto* common = new std::set<std::string>{
      "a",   "an",   "and", "are", "as", "at",  "by",   "can",  "do",   "does",
      "for", "from", "get", "how", "i",  "in",  "is",   "it",   "make", "my",
      "of",  "on",   "or",  "the", "to", "use", "what", "when", "with", "you"};
  std::set<std::string> words;
  std::string word;
  for (const char c : std::string(text) + " ") {
    if (absl::ascii_isalnum(c)) {
      word += absl::ascii_tolower(c);
    } else {
      if (!word.empty() && !common->contains(word)) words.insert(word);
      word.clear();
    }
  }
  return words;
}

// Whether one of the words begins as the other, so that plurals are found.
bool Alike(const std::string& a, const std::string& b) {
  const std::string& shorter = a.size() < b.size() ? a : b;
  const std::string& longer = a.size() < b.size() ? b : a;
  return a == b || (shorter.size() >= kStem && longer.starts_with(shorter));
}

bool Has(const std::set<std::string>& words, const std::string& word) {
  return std::any_of(words.begin(), words.end(),
                     [&](const auto& other) { return Alike(word, other); });
}

// Two for each word in the title, one for each elsewhere.
size_t Score(const Recipe& recipe, const std::string& about,
             std::string_view query, const std::set<std::string>& asked) {
  const std::string whole = Folded(query);
  if (!whole.empty() && Folded(recipe.title).find(whole) != whole.npos) {
    return 2 * asked.size() + 1;
  }
  const std::set<std::string> title = Words(recipe.title);
  const std::set<std::string> other =
      Words(PlainText(recipe.served_by) + " " + about);
  size_t score = 0;
  for (const std::string& word : asked) {
    score += Has(title, word) ? 2 : Has(other, word) ? 1 : 0;
  }
  return score;
}

}  // namespace

std::string Folded(std::string_view text) {
  std::string folded;
  for (const char c : text) {
    if (absl::ascii_isalnum(c)) folded += absl::ascii_tolower(c);
  }
  return folded;
}

bool NamesPlugin(std::string_view word, std::string_view plugin) {
  const std::string folded = Folded(word);
  return folded == Folded(plugin) ||
         folded == Folded(plugin.substr(plugin.find('.') + 1));
}

bool IsNumberOf(std::string_view word, const Recipe& recipe) {
  std::string short_number = recipe.number;
  if (short_number[1] == '0') short_number.erase(1, 1);
  const std::string folded = Folded(word);
  return folded == Folded(recipe.number) || folded == Folded(short_number);
}

std::vector<const Recipe*> FindRecipes(const std::vector<Recipe>& recipes,
                                       const std::vector<std::string>& about,
                                       std::string_view query) {
  std::vector<const Recipe*> found;
  for (const Recipe& recipe : recipes) {
    const bool named = std::any_of(
        recipe.plugins.begin(), recipe.plugins.end(),
        [&](const auto& plugin) { return NamesPlugin(query, plugin); });
    if (named) found.push_back(&recipe);
  }
  if (!found.empty()) return found;

  const std::set<std::string> asked = Words(query);
  size_t best = std::max<size_t>(asked.size(), 1);
  for (size_t i = 0; i < recipes.size(); ++i) {
    const size_t score = Score(recipes[i], about[i], query, asked);
    if (score > best) found.clear();
    best = std::max(best, score);
    if (score == best) found.push_back(&recipes[i]);
  }
  return found;
}

}  // namespace toque
