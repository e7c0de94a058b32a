#include "tools/cookbook_index.h"

#include <algorithm>
#include <regex>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace toque {
namespace {

constexpr size_t kColumns = 80;
constexpr size_t kShort = 64;

std::vector<std::string> PluginsIn(const std::string& markdown) {
  static const std::regex name(R"(\b(?:recipe|snippet)\.\w+)");
  std::vector<std::string> plugins;
  auto match = std::sregex_iterator(markdown.begin(), markdown.end(), name);
  for (; match != std::sregex_iterator(); ++match) {
    if (std::find(plugins.begin(), plugins.end(), match->str()) ==
        plugins.end()) {
      plugins.push_back(match->str());
    }
  }
  return plugins;
}

// Where a link of docs/cookbook.md leads, from the top folder.
std::string PathOf(const std::string& target) {
  if (target.starts_with("../")) return target.substr(3);
  return absl::StrCat("docs/", target);
}

// `markdown` with its links as `link(text, target)` says.
template <typename Link>
std::string WithLinks(const std::string& markdown, const Link& link) {
  static const std::regex pattern(R"(\[([^\]]*)\]\(([^)]*)\))");
  std::string text;
  auto begin = markdown.begin();
  auto match = std::sregex_iterator(markdown.begin(), markdown.end(), pattern);
  for (; match != std::sregex_iterator(); ++match) {
    text.append(begin, (*match)[0].first);
    text += link((*match)[1].str(), (*match)[2].str());
    begin = (*match)[0].second;
  }
  return text.append(begin, markdown.end());
}

std::string WithoutTicks(const std::string& text) {
  return absl::StrReplaceAll(text, {{"`", ""}});
}

// The beginning of `markdown`, up to a colon or semicolon that isn't code.
std::string FirstPart(const std::string& markdown) {
  bool code = false;
  for (size_t i = 0; i < markdown.size(); ++i) {
    if (markdown[i] == '`') code = !code;
    const bool ends = markdown[i] == ';' || markdown[i] == ':';
    if (ends && !code) return markdown.substr(0, i);
  }
  return markdown;
}

}  // namespace

std::vector<std::string> Recipe::Snippets() const {
  std::vector<std::string> snippets = plugins;
  std::erase_if(snippets, [](const std::string& name) {
    return !name.starts_with("snippet.");
  });
  return snippets;
}

std::vector<Recipe> ParseCookbook(std::string_view page) {
  static const std::regex number("[RX][0-9]+");
  std::vector<Recipe> recipes;
  std::string section;
  const std::vector<std::string> lines =
      absl::StrSplit(absl::string_view(page.data(), page.size()), '\n');
  for (const std::string& line : lines) {
    if (line.starts_with("## ")) section = line.substr(3);
    // A bar in code would end the cell.
    std::vector<std::string> cells =
        absl::StrSplit(absl::StrReplaceAll(line, {{"\\|", "\x01"}}), '|');
    for (std::string& cell : cells) {
      cell = absl::StrReplaceAll(absl::StripAsciiWhitespace(cell),
                                 {{"\x01", "|"}});
    }
    if (cells.size() < 5 || !std::regex_match(cells[1], number)) continue;
    recipes.push_back(
        {cells[1], cells[2], cells[3], PluginsIn(cells[3]), section});
  }
  return recipes;
}

std::string PlainText(std::string_view markdown) {
  return WithoutTicks(
      WithLinks(std::string(markdown),
                [](const std::string& text, const std::string& target) {
                  return absl::StrCat(text, " (", PathOf(target), ")");
                }));
}

std::string ServedInShort(const Recipe& recipe) {
  std::string text = WithoutTicks(FirstPart(WithLinks(
      recipe.served_by, [](const std::string& name,
                           const std::string& /*target*/) { return name; })));
  if (text.size() > kShort) {
    text = absl::StrCat(text.substr(0, text.rfind(' ', kShort)), " ...");
  }
  for (const std::string& snippet : recipe.Snippets()) {
    if (text.find(snippet) == text.npos) absl::StrAppend(&text, ", ", snippet);
  }
  return text;
}

std::string Wrapped(std::string_view text, std::string_view indent) {
  const std::string margin(indent);
  std::string lines = margin;
  size_t column = margin.size();
  for (const absl::string_view word :
       absl::StrSplit(absl::string_view(text.data(), text.size()),
                      absl::ByAnyChar(" \n"), absl::SkipEmpty())) {
    if (column > margin.size() && column + 1 + word.size() > kColumns) {
      absl::StrAppend(&lines, "\n", margin);
      column = margin.size();
    } else if (column > margin.size()) {
      absl::StrAppend(&lines, " ");
      ++column;
    }
    absl::StrAppend(&lines, word);
    column += word.size();
  }
  absl::StrAppend(&lines, "\n");
  return lines;
}

}  // namespace toque
