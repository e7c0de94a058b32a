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
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr char kPage[] = R"(# The cookbook

## Tensors

| # | recipe | in Python | served by | test |
| --- | --- | --- | --- | --- |
| R09 | Table of types | | enum [`toque.DType`](../a/b.proto); more not | x |
| R25 | Labels to one-hot | `F.one_hot(y)` | [`recipe.OneHot`](../p/one_hot) | x |
| R28 | Expand | `x \| y` | [`snippet.Expand`](../p/e), `a: 1`; see [x](y.md#z) | x |

## Training

| # | item | in Python | served by | test |
| --- | --- | --- | --- | --- |
| R58 | Label smoothing class | | [`recipe.Smoothing`](../p/s) | x |
| R75 | Taps | hook | `//tools:tap`; `tools/bazel run //tools:tap -- recipe.Net` | x |
| X1 | Layers | | layer `Conv2d` of bias or none | x |

## Further plugins

| kind | plugin | what it is |
| --- | --- | --- |
| hook | [`recipe.OneCycle`](../p/one_cycle) | the rate up and down once |

## Further tools

| tool | what it does |
| --- | --- |
| `//tools:export` | a model as ONNX |
)";

TEST(CookbookIndexTest, ReadsTheRowsOfThePage) {
  const std::vector<Recipe> recipes = ParseCookbook(kPage);
  ASSERT_EQ(recipes.size(), 8u);
  EXPECT_EQ(recipes[2].number, "R28");
  EXPECT_EQ(recipes[2].title, "Expand");
  EXPECT_EQ(recipes[2].in_python, "`x | y`");
  EXPECT_EQ(recipes[2].section, "Tensors");
  EXPECT_THAT(recipes[2].Snippets(), ElementsAre("snippet.Expand"));
  EXPECT_THAT(recipes[1].plugins, ElementsAre("recipe.OneHot"));
  EXPECT_THAT(recipes[1].Snippets(), IsEmpty());
  EXPECT_EQ(recipes[5].section, "Training");
}

TEST(CookbookIndexTest, TakesCommandsOutOfTheText) {
  const Recipe recipe = ParseCookbook(kPage)[4];
  EXPECT_EQ(recipe.served_by, "`//tools:tap`");
  EXPECT_THAT(recipe.commands,
              ElementsAre("tools/bazel run //tools:tap -- recipe.Net"));
  EXPECT_THAT(recipe.tools, ElementsAre("//tools:tap"));
  EXPECT_THAT(recipe.plugins, IsEmpty());
}

TEST(CookbookIndexTest, ReadsPluginsAndToolsThatServeNoRecipe) {
  const std::vector<Recipe> recipes = ParseCookbook(kPage);
  ASSERT_EQ(recipes.size(), 8u);
  EXPECT_EQ(recipes[6].number, "");
  EXPECT_EQ(recipes[6].title, "recipe.OneCycle");
  EXPECT_EQ(recipes[6].served_by, "the rate up and down once");
  EXPECT_EQ(recipes[6].section, "Further plugins");
  EXPECT_EQ(recipes[7].title, "//tools:export");
  EXPECT_THAT(recipes[7].tools, ElementsAre("//tools:export"));
}

TEST(CookbookIndexTest, TurnsLinksIntoPathsFromTheTopFolder) {
  const std::vector<Recipe> recipes = ParseCookbook(kPage);
  EXPECT_EQ(PlainText(recipes[2].served_by),
            "snippet.Expand (p/e), a: 1; see x (docs/y.md#z)");
  EXPECT_EQ(ServedInShort(recipes[2]), "snippet.Expand, a: 1");
  EXPECT_EQ(ServedInShort(recipes[0]), "enum toque.DType");
}

TEST(CookbookIndexTest, WrapsAtEightyColumns) {
  const std::string word(38, 'x');
  const std::string text = absl::StrCat(word, " ", word, " ", word);
  EXPECT_EQ(Wrapped(text, "   "),
            absl::StrCat("   ", word, " ", word, "\n   ", word, "\n"));
}

// The numbers, or titles where there are none, of what `query` finds.
std::vector<std::string> Found(std::string_view query) {
  const std::vector<Recipe> recipes = ParseCookbook(kPage);
  std::vector<std::string> about(recipes.size());
  about[5] = "padding of convolutions";
  std::vector<std::string> found;
  for (const Recipe* recipe : FindRecipes(recipes, about, query)) {
    found.push_back(recipe->number.empty() ? recipe->title : recipe->number);
  }
  return found;
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

TEST(CookbookSearchTest, FindsByPythonAndWhatServesNoRecipe) {
  EXPECT_THAT(Found("F.one_hot"), ElementsAre("R25"));
  EXPECT_THAT(Found("hook"), ElementsAre("R75"));
  EXPECT_THAT(Found("one cycle"), ElementsAre("recipe.OneCycle"));
  EXPECT_THAT(Found("rate"), ElementsAre("recipe.OneCycle"));
  EXPECT_THAT(Found("onnx"), ElementsAre("//tools:export"));
}

TEST(CookbookSearchTest, FindsWordsWithOtherEndings) {
  EXPECT_THAT(Found("expanding"), ElementsAre("R28"));
  EXPECT_THAT(Found("layer"), ElementsAre("X1"));
  EXPECT_THAT(Found("conv"), ElementsAre("X1"));
  EXPECT_THAT(Found("layerwise"), IsEmpty());
}

TEST(CookbookSearchTest, KnowsNumbersWithAndWithoutTheirZero) {
  const std::vector<Recipe> recipes = ParseCookbook(kPage);
  EXPECT_TRUE(IsNumberOf("R09", recipes[0]));
  EXPECT_TRUE(IsNumberOf("r9", recipes[0]));
  EXPECT_FALSE(IsNumberOf("R90", recipes[0]));
  EXPECT_FALSE(IsNumberOf("?", recipes[6]));
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
  EXPECT_THAT(run.output, HasSubstr("Further tools\n       //tools:plugins  "));
}

TEST(CookbookTest, ShowsASnippetByAnyFormOfItsName) {
  const std::string output = Cookbook({"snippet.Expand"}).output;
  EXPECT_THAT(output,
              HasSubstr("snippet.Expand\n\nShows a tensor as larger along"));
  EXPECT_THAT(output, HasSubstr("\n---- plugins/snippets/expand/expand.cc\n"
                                "#include \"ATen/ops/ones.h\"\n"));
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
            "R65 Decay on plateau\n"
            "  in Python: lr_scheduler.ReduceLROnPlateau\n"
            "  served by: recipe.Plateau (plugins/hooks/plateau)\n\n"
            "tools/bazel run //tools:plugins -- --describe=recipe.Plateau\n");
  EXPECT_EQ(Cookbook({"decay", "on", "plateau"}).output, run.output);
}

TEST(CookbookTest, EndsWithTheCommandsOfTools) {
  EXPECT_THAT(Cookbook({"R37"}).output,
              EndsWith("\n\ntools/bazel run //tools:params -- --experiment="
                       "experiments/digits_convnet.textproto\n"
                       "tools/bazel run //tools:params -- --help\n"));
  EXPECT_EQ(Cookbook({"onnx"}).output,
            "//tools:export\n  a trained model as plain PyTorch or ONNX\n\n"
            "tools/bazel run //tools:export -- --help\n");
}

TEST(CookbookTest, ListsTheRecipesThatWordsAreAbout) {
  const ToolRun run = Cookbook({"label", "smoothing"});
  EXPECT_EQ(run.status, 0);
  EXPECT_THAT(run.output, HasSubstr("  R58  Label smoothing"));
  EXPECT_THAT(run.output, HasSubstr("  R59  Label smoothing"));
  EXPECT_THAT(run.output, Not(HasSubstr("R60")));
}

TEST(CookbookTest, SaysThatNothingIsFoundOrSuggestsAName) {
  const ToolRun run = Cookbook({"Expnad"});
  EXPECT_EQ(run.status, 1);
  EXPECT_EQ(run.output,
            "nothing in the cookbook is about \"Expnad\"; did you mean "
            "snippet.Expand?\n");
  EXPECT_EQ(Cookbook({"t-SNE"}).output,
            "nothing in the cookbook is about \"t-SNE\"; without words all of "
            "it is listed\n");
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
