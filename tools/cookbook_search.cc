#include "tools/cookbook_search.h"

#include <algorithm>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace toque {
namespace {

// An asked word of so many letters may go on as it likes: "mix" as "mixup".
constexpr size_t kStem = 3;
// The words of `text` in small letters, each between spaces: " one hot ".
std::string Spaced(std::string_view text) {
  std::string spaced = " ";
  for (const char c : text) {
    if (absl::ascii_isalnum(c)) {
      spaced += absl::ascii_tolower(c);
    } else if (spaced.back() != ' ') {
      spaced += ' ';
    }
  }
  if (spaced.back() != ' ') spaced += ' ';
  return spaced;
}

// Those words, less what every question has.
std::set<std::string> Words(std::string_view text) {
  static const auto* common = new std::set<std::string>{
      "a",  "an",   "and",  "are",  "as",   "at",   "by", "can",
      "do", "does", "for",  "from", "get",  "how",  "i",  "in",
      "is", "it",   "make", "my",   "of",   "on",   "or", "the",
      "to", "up",   "use",  "what", "when", "with", "you"};
  std::set<std::string> words =
      absl::StrSplit(Spaced(text), ' ', absl::SkipEmpty());
  std::erase_if(words, [](const auto& word) { return common->contains(word); });
  return words;
}

// Whether `longer` is `stem` with an ending, which may take the place of an e.
bool EndsOtherwise(const std::string& longer, std::string stem) {
  static const auto* endings = new std::set<std::string_view>{
      "d", "e", "ed", "en", "er", "ers", "es", "ing", "ion", "ions", "s"};
  if (stem.size() > kStem + 1 && stem.ends_with("e")) stem.pop_back();
  return stem.size() > kStem && longer.starts_with(stem) &&
         endings->contains(std::string_view(longer).substr(stem.size()));
}

// Whether a text's word is what was asked: "layer" finds "layers", "freezing"
// finds "freeze".
bool Alike(const std::string& asked, const std::string& word) {
  if (asked == word) return true;
  if (asked.size() >= kStem && word.starts_with(asked)) return true;
  return asked.size() < word.size() ? EndsOtherwise(word, asked)
                                    : EndsOtherwise(asked, word);
}

bool Has(const std::set<std::string>& words, const std::string& asked) {
  return std::any_of(words.begin(), words.end(),
                     [&](const auto& word) { return Alike(asked, word); });
}

// What a reader knows the recipe by.
std::string Names(const Recipe& recipe) {
  return absl::StrCat(recipe.title, " ", recipe.in_python, " ",
                      recipe.number.empty() ? recipe.served_by : "");
}

// Two for each word in the title or the Python, one for each elsewhere; one
// more where the title has all of the query.
size_t Score(const Recipe& recipe, const std::string& about,
             std::string_view query, const std::set<std::string>& asked) {
  // From the beginning of a word; the last one may go on.
  std::string whole = Spaced(query);
  absl::StripTrailingAsciiWhitespace(&whole);
  if (!asked.empty() && Spaced(recipe.title).find(whole) != whole.npos) {
    return 2 * asked.size() + 1;
  }
  const std::set<std::string> names = Words(Names(recipe));
  const std::set<std::string> other =
      Words(PlainText(recipe.served_by) + " " + about);
  size_t score = 0;
  for (const std::string& word : asked) {
    score += Has(names, word) ? 2 : Has(other, word) ? 1 : 0;
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
  if (recipe.number.empty()) return false;
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
  const bool is_name =
      query.starts_with("snippet.") || query.starts_with("recipe.");
  if (!found.empty() || is_name) return found;

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
