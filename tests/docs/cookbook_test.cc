// Keeps docs/cookbook.md true to the plugins that there are.

#include <fstream>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "framework/core/describe.h"
#include "framework/core/registry.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

using testing::ElementsAreArray;

std::vector<std::string> Lines() {
  std::ifstream file("docs/cookbook.md");
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  EXPECT_FALSE(lines.empty()) << "docs/cookbook.md can't be read";
  return lines;
}

// A line "| R21 | Shuffle first dimension | ... |" of the page.
struct Row {
  std::string number;
  std::string title;
  std::string served_by;
};

std::vector<Row> Rows() {
  static const std::regex number("R[0-9]+|X[0-9]+");
  std::vector<Row> rows;
  for (const std::string& line : Lines()) {
    std::vector<std::string> cells = absl::StrSplit(line, '|');
    for (std::string& cell : cells) absl::StripAsciiWhitespace(&cell);
    if (cells.size() < 2 || !std::regex_match(cells[1], number)) continue;
    EXPECT_EQ(cells.size(), 5u) << "must have three cells: " << line;
    cells.resize(5);
    rows.push_back({cells[1], cells[2], cells[3]});
  }
  return rows;
}

// The first group of every match in the page.
std::set<std::string> All(const char* pattern) {
  const std::regex regex(pattern);
  std::set<std::string> found;
  for (const std::string& line : Lines()) {
    auto match = std::sregex_iterator(line.begin(), line.end(), regex);
    for (; match != std::sregex_iterator(); ++match) found.insert((*match)[1]);
  }
  return found;
}

TEST(CookbookTest, HasEveryRecipeOnceAndInOrder) {
  std::vector<std::string> expected;
  for (int i = 1; i <= 98; ++i) {
    expected.push_back(absl::StrFormat("R%02d", i));
  }
  for (int i = 1; i <= 9; ++i) expected.push_back(absl::StrFormat("X%d", i));

  std::vector<std::string> numbers;
  for (const Row& row : Rows()) numbers.push_back(row.number);
  EXPECT_THAT(numbers, ElementsAreArray(expected));
}

TEST(CookbookTest, SaysOfEveryRecipeWhatServesIt) {
  for (const Row& row : Rows()) {
    EXPECT_FALSE(row.title.empty()) << row.number;
    EXPECT_FALSE(row.served_by.empty())
        << row.number << " says neither what serves it nor \"not yet\"";
  }
}

TEST(CookbookTest, NamesNoPluginThatIsNotThere) {
  for (const std::string& name : All(R"(\b((recipe|snippet)\.\w+))")) {
    EXPECT_OK(FindPlugin(name)) << "in docs/cookbook.md";
  }
}

// A plugin that serves a recipe says so in its .proto. Any other may stand in
// the tree without a line here: adding it edits no shared file.
TEST(CookbookTest, LinksEveryPluginOfARecipeToItsFolder) {
  static const std::regex recipe(R"(\brecipes? [RX][0-9]+)");
  const std::set<std::string> links =
      All(R"((\[`(recipe|snippet)\.\w+`\]\([^)]*\)))");
  for (const PluginEntry* plugin : AllPlugins()) {
    const auto description = Describe(plugin->name());
    ASSERT_OK(description);
    if (!std::regex_search(description->comment, recipe)) continue;
    const std::string link =
        absl::StrCat("[`", plugin->name(), "`](../", View(plugin->folder), ")");
    EXPECT_TRUE(links.contains(link)) << "docs/cookbook.md must hold " << link;
  }
}

}  // namespace
}  // namespace toque
