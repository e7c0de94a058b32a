// Keeps docs/cookbook.md true to the plugins, tools and tests that there are.

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "framework/core/registry.h"
#include "framework/experiment.pb.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

using testing::ElementsAreArray;

constexpr char kPage[] = "docs/cookbook.md";

std::string Read(const std::string& path) {
  std::ifstream file(path);
  const std::string text(std::istreambuf_iterator<char>(file), {});
  EXPECT_FALSE(text.empty()) << path << " can't be read";
  return text;
}

// The first group of every match in the text.
std::set<std::string> All(const char* pattern, const std::string& text) {
  const std::regex regex(pattern);
  std::set<std::string> found;
  auto match = std::sregex_iterator(text.begin(), text.end(), regex);
  for (; match != std::sregex_iterator(); ++match) found.insert((*match)[1]);
  return found;
}

std::set<std::string> All(const char* pattern) {
  return All(pattern, Read(kPage));
}

// A line "| R21 | Shuffle first dimension | ... | ... | ... |" of the page.
struct Row {
  std::string number;
  std::string title;
  std::string served_by;
  std::string test;
};

std::vector<Row> Rows() {
  static const std::regex number("R[0-9]+|X[0-9]+");
  std::vector<Row> rows;
  const std::vector<std::string> lines = absl::StrSplit(Read(kPage), '\n');
  for (const std::string& line : lines) {
    // A bar in code would end the cell.
    std::vector<std::string> cells =
        absl::StrSplit(absl::StrReplaceAll(line, {{"\\|", "/"}}), '|');
    for (std::string& cell : cells) absl::StripAsciiWhitespace(&cell);
    if (cells.size() < 2 || !std::regex_match(cells[1], number)) continue;
    EXPECT_EQ(cells.size(), 7u) << "must have five cells, number, recipe, in "
                                << "Python, served by and test: " << line;
    cells.resize(7);
    rows.push_back({cells[1], cells[2], cells[4], cells[5]});
  }
  return rows;
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
        << row.number << " doesn't say what serves it";
    EXPECT_EQ(row.served_by.find("not yet"), row.served_by.npos)
        << row.number << " isn't served: " << row.served_by;
  }
}

TEST(CookbookTest, NamesATestForEveryRecipe) {
  static const std::regex link(R"(\[(\w+)\]\(\.\./([\w/]+)\.cc\))");
  static const std::regex test(R"((^|\n)TEST(_F|_P)?\()");
  for (const Row& row : Rows()) {
    std::smatch match;
    ASSERT_TRUE(std::regex_match(row.test, match, link))
        << row.number << " must name the test that proves it, as "
        << "[shuffle_test](../plugins/samplers/shuffle/shuffle_test.cc), got \""
        << row.test << "\"";
    const std::string path = match[2];
    EXPECT_TRUE(path.ends_with("/" + match[1].str())) << row.test;
    ASSERT_TRUE(std::filesystem::exists(path + ".cc"))
        << row.number << ": there is no " << path
        << ".cc, or it is missing from `data` in tests/docs/BUILD";
    EXPECT_TRUE(std::regex_search(Read(path + ".cc"), test))
        << path << ".cc has no TEST";
  }
}

TEST(CookbookTest, LinksLeadToFiles) {
  for (const std::string& target : All(R"(\]\(([^)#]+)[^)]*\))")) {
    const auto path =
        (std::filesystem::path("docs") / target).lexically_normal();
    EXPECT_TRUE(std::filesystem::exists(path))
        << target << " isn't there, or is missing from `data` in "
        << "tests/docs/BUILD";
  }
}

TEST(CookbookTest, NamesNoPluginThatIsNotThere) {
  for (const std::string& name : All(R"(\b((recipe|snippet)\.\w+))")) {
    EXPECT_OK(FindPlugin(name)) << "in docs/cookbook.md";
  }
}

TEST(CookbookTest, LinksEveryPluginToItsFolder) {
  const std::set<std::string> links =
      All(R"((\[`(recipe|snippet)\.\w+`\]\([^)]*\)))");
  for (const PluginEntry* plugin : AllPlugins()) {
    const std::string link =
        absl::StrCat("[`", plugin->name(), "`](../", View(plugin->folder), ")");
    EXPECT_TRUE(links.contains(link))
        << plugin->name() << " stands nowhere in docs/cookbook.md: name it in "
        << "the row of the recipe that it serves or, where it serves none, add "
        << "to the table \"Further plugins\"\n| " << View(plugin->kind) << " | "
        << link << " | what it is |";
  }
}

std::set<std::string> Tools() {
  return All(R"(cc_binary\(\s*name = "(\w+)\")", Read("tools/BUILD"));
}

TEST(CookbookTest, NamesNoToolThatIsNotThere) {
  const std::set<std::string> tools = Tools();
  for (const std::string& name : All("//tools:(\\w+)")) {
    EXPECT_TRUE(tools.contains(name)) << "there is no //tools:" << name;
  }
}

TEST(CookbookTest, NamesEveryTool) {
  const std::set<std::string> named = All("//tools:(\\w+)");
  for (const std::string& name : Tools()) {
    EXPECT_TRUE(named.contains(name))
        << "//tools:" << name << " stands nowhere in docs/cookbook.md: name it "
        << "in the row of the recipe that it serves or, where it serves none, "
        << "add to the table \"Further tools\"\n| `//tools:" << name
        << "` | what it does |";
  }
}

// Flags of other programs stand behind their names.
TEST(CookbookTest, NamesNoFlagThatIsNotThere) {
  std::set<std::string> flags;
  for (const char* folder : {"tools", "framework/command"}) {
    for (const auto& file : std::filesystem::directory_iterator(folder)) {
      if (file.path().extension() != ".cc") continue;
      flags.merge(All(R"((?:DEFINE_\w+|TakeRepeatedFlag)\(\s*"?(\w+))",
                      Read(file.path())));
    }
  }
  EXPECT_TRUE(flags.contains("run_dir"));
  EXPECT_TRUE(flags.contains("set"));
  for (const std::string& name : All(R"((?:`|-- )--(\w+))")) {
    EXPECT_TRUE(flags.contains(name)) << "there is no flag --" << name;
  }
}

TEST(CookbookTest, NamesNoFieldThatIsNotThere) {
  for (const std::string& name : All(R"(\b[Ff]ield \[?`(\w+))")) {
    EXPECT_TRUE(Experiment::descriptor()->FindFieldByName(name) != nullptr ||
                Section::descriptor()->FindFieldByName(name) != nullptr)
        << "an experiment has no field \"" << name << "\"";
  }
}

}  // namespace
}  // namespace toque
