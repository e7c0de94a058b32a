#include <filesystem>
#include <map>

#include "tests/tools/run_tool.h"
#include "tools/cookbook_index.h"
#include "tools/cookbook_page.h"
#include "tools/cookbook_search.h"

namespace toque {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr char kPage[] = R"(# The cookbook

## Tensors

| # | recipe | served by | test |
| --- | --- | --- | --- |
| R09 | Table of types | enum [`toque.DType`](../a/b.proto); more not | x |
| R25 | Labels to one-hot | [`recipe.OneHot`](../p/one_hot) | x |
| R28 | Expand | [`snippet.Expand`](../p/expand), `a: 1`; see [x](y.md#z) | x |

## Training

| # | recipe | served by |
| --- | --- | --- |
| R58 | Label smoothing class | [`recipe.Smoothing`](../p/s) |
| X1 | Layers | layer `Conv2d` of bias or none |
)";

TEST(CookbookIndexTest, ReadsTheRowsOfThePage) {
  const std::vector<Recipe> recipes = ParseCookbook(kPage);
  ASSERT_EQ(recipes.size(), 5u);
  EXPECT_EQ(recipes[2].number, "R28");
  EXPECT_EQ(recipes[2].title, "Expand");
  EXPECT_EQ(recipes[2].section, "Tensors");
  EXPECT_THAT(recipes[2].Snippets(), ElementsAre("snippet.Expand"));
  EXPECT_THAT(recipes[1].plugins, ElementsAre("recipe.OneHot"));
  EXPECT_THAT(recipes[1].Snippets(), IsEmpty());
  EXPECT_EQ(recipes[4].section, "Training");
}

TEST(CookbookIndexTest, TurnsLinksIntoPathsFromTheTopFolder) {
  const std::vector<Recipe> recipes = ParseCookbook(kPage);
  EXPECT_EQ(PlainText(recipes[2].served_by),
            "snippet.Expand (p/expand), a: 1; see x (docs/y.md#z)");
  EXPECT_EQ(ServedInShort(recipes[2]), "snippet.Expand, a: 1");
  EXPECT_EQ(ServedInShort(recipes[0]), "enum toque.DType");
}

TEST(CookbookIndexTest, WrapsAtEightyColumns) {
  const std::string word(38, 'x');
  const std::string text = absl::StrCat(word, " ", word, " ", word);
  EXPECT_EQ(Wrapped(text, "   "),
            absl::StrCat("   ", word, " ", word, "\n   ", word, "\n"));
}

std::vector<std::string> Found(std::string_view query) {
  const std::vector<Recipe> recipes = ParseCookbook(kPage);
  std::vector<std::string> about(recipes.size());
  about[4] = "padding of convolutions";
  std::vector<std::string> numbers;
  for (const Recipe* recipe : FindRecipes(recipes, about, query)) {
    numbers.push_back(recipe->number);
  }
  return numbers;
}

TEST(CookbookSearchTest, FindsByPluginTitleAndText) {
  EXPECT_THAT(Found("recipe.Smoothing"), ElementsAre("R58"));
  EXPECT_THAT(Found("EXPAND"), ElementsAre("R28"));
  EXPECT_THAT(Found("one hot"), ElementsAre("R25"));
  EXPECT_THAT(Found("How do I smooth a label?"), ElementsAre("R58"));
  EXPECT_THAT(Found("label"), ElementsAre("R25", "R58"));
  EXPECT_THAT(Found("convolution padding"), ElementsAre("X1"));
  EXPECT_THAT(Found("rotation"), IsEmpty());
  EXPECT_THAT(Found("how do i"), IsEmpty());
}

TEST(CookbookSearchTest, KnowsNumbersWithAndWithoutTheirZero) {
  const Recipe recipe = ParseCookbook(kPage)[0];
  EXPECT_TRUE(IsNumberOf("R09", recipe));
  EXPECT_TRUE(IsNumberOf("r9", recipe));
  EXPECT_FALSE(IsNumberOf("R90", recipe));
}

TEST(CookbookPageTest, ShowsWhatStandsBeforeTheFactory) {
  EXPECT_EQ(ShownCode("#include \"x.h\"\n\nnamespace toque {\nnamespace {\n\n"
                      "int x;\n\nMade<Snippet> MakeX(const snippet::X&) {\n"),
            "int x;\n");
  EXPECT_EQ(ShownCode("int x;\n"), "");
}

TEST(CookbookPageTest, WritesAChapterWithOutputAndTraps) {
  ShownSnippet snippet{"snippet.X", "About it.", "p/x/x.cc", "int x;\n", {}};
  snippet.page.Line("x: 1");
  snippet.page.Claim(true, "x is one");
  snippet.page.Trap("it has no half", true, "`nan`");
  EXPECT_EQ(MarkdownChapter(snippet),
            "## snippet.X\n\nAbout it.\n\n```cpp\nint x;\n```\n\nprints\n\n"
            "```text\nx: 1\nholds: x is one\n```\n\nTraps:\n\n"
            "- it has no half:\n  `` `nan` ``\n\n"
            "Source: [p/x/x.cc](../../p/x/x.cc)\n");
  EXPECT_EQ(MarkdownFile("Tensor handling"), "tensor_handling.md");
}

ToolRun Cookbook(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "tools/cookbook");
  return RunTool(arguments);
}

TEST(CookbookTest, ListsEveryRecipeBySection) {
  const ToolRun run = Cookbook({});
  ASSERT_EQ(run.status, 0) << run.output;
  EXPECT_THAT(run.output, HasSubstr("Tensor handling\n  R09  "));
  EXPECT_THAT(run.output, HasSubstr("\n  R98  Interpretability  "));
  EXPECT_THAT(run.output, HasSubstr("\n  X9   "));
  EXPECT_THAT(run.output, HasSubstr("  snippet.Expand\n"));
}

TEST(CookbookTest, ShowsASnippetByAnyFormOfItsName) {
  const std::string output = Cookbook({"snippet.Expand"}).output;
  EXPECT_THAT(output, HasSubstr("snippet.Expand\n\nRepeats a tensor along"));
  EXPECT_THAT(output, HasSubstr("\n---- plugins/snippets/expand/expand.cc\n"));
  EXPECT_THAT(output, HasSubstr(".expand({64, 512, 7, 7})"));
  EXPECT_THAT(output, Not(HasSubstr("TOQUE_PLUGIN")));
  EXPECT_THAT(output, HasSubstr("\nholds: an expanded axis has stride 0\n"));
  EXPECT_THAT(output, HasSubstr("\n  unsupported operation: more than one"));
  EXPECT_EQ(Cookbook({"expand"}).output, output);
  EXPECT_EQ(Cookbook({"Expand"}).output, output);
}

TEST(CookbookTest, ShowsWhatServesARecipeWithoutSnippet) {
  const ToolRun run = Cookbook({"r65"});
  EXPECT_EQ(run.status, 0);
  EXPECT_EQ(run.output,
            "R65 Decay on plateau, served by\n"
            "  recipe.Plateau (plugins/hooks/plateau)\n\n"
            "tools/bazel run //tools:plugins -- --describe=recipe.Plateau\n");
  EXPECT_EQ(Cookbook({"decay", "on", "plateau"}).output, run.output);
}

TEST(CookbookTest, ListsTheRecipesThatWordsAreAbout) {
  const ToolRun run = Cookbook({"label", "smoothing"});
  EXPECT_EQ(run.status, 0);
  EXPECT_THAT(run.output, HasSubstr("  R58  Label smoothing"));
  EXPECT_THAT(run.output, HasSubstr("  R59  Label smoothing"));
  EXPECT_THAT(run.output, Not(HasSubstr("R60")));
}

TEST(CookbookTest, SuggestsANameForAMisspeltOne) {
  const ToolRun run = Cookbook({"Expnad"});
  EXPECT_EQ(run.status, 1);
  EXPECT_EQ(run.output,
            "nothing in the cookbook is about \"Expnad\"; did you mean "
            "snippet.Expand?\n");
}

TEST(CookbookTest, RunsEverySnippet) {
  const ToolRun run = Cookbook({"--all"});
  EXPECT_EQ(run.status, 0) << run.output;
  EXPECT_THAT(run.output, HasSubstr("snippet.Expand: ok\n"));
  EXPECT_THAT(run.output, Not(HasSubstr("FAILS")));
  EXPECT_THAT(run.output, HasSubstr(" snippets in "));
}

TEST(CookbookTest, NamesTheClaimThatIsNotSo) {
  const ToolRun all = RunTool({"tests/tools/lying_cookbook", "--all"});
  EXPECT_EQ(all.status, 1);
  EXPECT_THAT(all.output, HasSubstr("snippet.Lying: FAILS\n"));
  EXPECT_THAT(all.output, HasSubstr("snippet.Lying: claim does not hold: one "
                                    "and one are three\n"));

  const ToolRun one = RunTool({"tests/tools/lying_cookbook", "lying"});
  EXPECT_EQ(one.status, 1);
  EXPECT_THAT(one.output,
              HasSubstr("DOES NOT HOLD: one and one are three\nbehind it\n"));
}

// The pages below `folder`, by name.
std::map<std::string, std::string> Pages(const fs::path& folder) {
  std::map<std::string, std::string> pages;
  if (!fs::exists(folder)) return pages;
  for (const auto& entry : fs::directory_iterator(folder)) {
    std::ifstream file(entry.path());
    pages[entry.path().filename()] = {std::istreambuf_iterator<char>(file), {}};
  }
  return pages;
}

TEST(CookbookTest, HasItsPagesInTheDocuments) {
  const std::string folder = TestFolder();
  const ToolRun run = Cookbook({absl::StrCat("--markdown=", folder)});
  ASSERT_EQ(run.status, 0) << run.output;
  const auto written = Pages(folder);
  const auto committed = Pages("docs/cookbook");
  EXPECT_THAT(written, Not(IsEmpty()));
  constexpr char kCommand[] =
      "tools/bazel run //tools:cookbook -- --markdown=docs/cookbook";
  for (const auto& [name, text] : written) {
    EXPECT_TRUE(committed.contains(name) && committed.at(name) == text)
        << "docs/cookbook/" << name << " is not what " << kCommand << " writes";
  }
  for (const auto& [name, text] : committed) {
    EXPECT_TRUE(written.contains(name))
        << "docs/cookbook/" << name << " is not written by " << kCommand;
  }
}

}  // namespace
}  // namespace toque
