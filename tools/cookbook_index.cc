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

// What matches, each once.
std::vector<std::string> Names(const std::regex& pattern,
                               const std::string& text) {
  std::vector<std::string> names;
  auto match = std::sregex_iterator(text.begin(), text.end(), pattern);
  for (; match != std::sregex_iterator(); ++match) {
    if (std::find(names.begin(), names.end(), match->str()) == names.end()) {
      names.push_back(match->str());
    }
  }
  return names;
}

// The cells of a line of a table; none of another line.
std::vector<std::string> Cells(const std::string& line) {
  // A bar in code would end the cell.
  std::vector<std::string> cells =
      absl::StrSplit(absl::StrReplaceAll(line, {{"\\|", "\x01"}}), '|');
  if (cells.size() < 3) return {};
  cells = {cells.begin() + 1, cells.end() - 1};
  for (std::string& cell : cells) {
    cell =
        absl::StrReplaceAll(absl::StripAsciiWhitespace(cell), {{"\x01", "|"}});
  }
  return cells;
}

std::string WithoutCommands(const std::string& markdown) {
  static const std::regex command(R"(([;:,] )?`tools/bazel run [^`]*`)");
  return std::regex_replace(markdown, command, "");
}

// The row of those cells; without title where it heads a table.
Recipe RowOf(const std::vector<std::string>& cells) {
  static const std::regex number("[RX][0-9]+");
  static const std::regex plugin(R"(\b(?:recipe|snippet)\.\w+)");
  static const std::regex tool(R"(//tools:\w+)");
  static const std::regex command("tools/bazel run [^`]*");
  Recipe row;
  if (cells.size() == 5 && std::regex_match(cells[0], number)) {
    row.number = cells[0];
    row.title = cells[1];
    row.in_python = cells[2];
    row.served_by = WithoutCommands(cells[3]);
    row.plugins = Names(plugin, row.served_by);
    row.tools = Names(tool, cells[3]);
    row.commands = Names(command, cells[3]);
  } else if (cells.size() == 2 || cells.size() == 3) {
    const std::string& name = cells[cells.size() - 2];
    row.served_by = cells.back();
    row.plugins = Names(plugin, name);
    row.tools = Names(tool, name);
    if (!row.plugins.empty()) row.title = row.plugins[0];
    if (!row.tools.empty()) row.title = row.tools[0];
  }
  return row;
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
  std::vector<Recipe> recipes;
  std::string section;
  const std::vector<std::string> lines =
      absl::StrSplit(absl::string_view(page.data(), page.size()), '\n');
  for (const std::string& line : lines) {
    if (line.starts_with("## ")) section = line.substr(3);
    Recipe row = RowOf(Cells(line));
    if (row.title.empty()) continue;
    row.section = section;
    recipes.push_back(std::move(row));
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
