// Keeps docs/cookbook.md findable: what readers ask for leads to its recipe.

#include "tools/cookbook_search.h"

#include <fstream>
#include <map>
#include <regex>
#include <string>
#include <vector>

#include "framework/testing/testing.h"
#include "tools/cookbook_index.h"

namespace toque {
namespace {

using testing::Contains;
using testing::IsEmpty;
using testing::Not;

std::string Read(const std::string& path) {
  std::ifstream file(path);
  const std::string text(std::istreambuf_iterator<char>(file), {});
  EXPECT_FALSE(text.empty()) << path << " can't be read";
  return text;
}

// The numbers, or titles where there are none, of what `query` finds in the
// page alone.
std::vector<std::string> Found(const std::string& query) {
  static const auto* recipes =
      new std::vector<Recipe>(ParseCookbook(Read("docs/cookbook.md")));
  const std::vector<std::string> about(recipes->size());
  std::vector<std::string> found;
  for (const Recipe* recipe : FindRecipes(*recipes, about, query)) {
    found.push_back(recipe->number.empty() ? recipe->title : recipe->number);
  }
  return found;
}

// Of a line "# ... count parameters?  docs/inspect.md" of the README what
// stands before the question mark or a comma.
std::vector<std::string> QuestionsOfReadme() {
  static const std::regex question(R"(# \.\.\. ([^?,\n]+))");
  const std::string readme = Read("README.md");
  std::vector<std::string> questions;
  auto match = std::sregex_iterator(readme.begin(), readme.end(), question);
  for (; match != std::sregex_iterator(); ++match) {
    questions.push_back((*match)[1]);
  }
  return questions;
}

TEST(CookbookSearchTest, AnswersTheQuestionsOfTheReadme) {
  const std::map<std::string, std::string> answers = {
      {"get the features of several layers", "R75"},
      {"freeze the backbone", "R76"},
      {"train with two learning rates", "R77"},
      {"smooth labels", "R58"},
      {"mix examples up", "R60"},
      {"sample frames of a clip as TSN does", "R50"},
      {"go on with a run", "R71"},
      {"count parameters", "R37"},
      {"see where the time goes", "R96"},
      {"take a model to Python or ONNX", "//tools:export"},
  };
  const std::vector<std::string> questions = QuestionsOfReadme();
  EXPECT_EQ(questions.size(), answers.size());
  for (const std::string& question : questions) {
    ASSERT_TRUE(answers.contains(question))
        << "say here which recipe answers \"" << question << "\"";
    EXPECT_THAT(Found("How do I " + question + "?"),
                Contains(answers.at(question)))
        << question;
  }
}

TEST(CookbookSearchTest, KnowsTheWordsOfPython) {
  const std::map<std::string, std::string> answers = {
      {"numpy", "R15"},
      {"PIL", "R16"},
      {"state_dict", "R45"},
      {"load_state_dict", "R45"},
      {"requires_grad", "R76"},
      {"CrossEntropyLoss", "R84"},
      {"DataLoader", "R88"},
      {"autocast", "R92"},
      {"onnx", "//tools:export"},
      {"one cycle", "recipe.OneCycle"},
      {"unfreeze", "recipe.Unfreeze"},
      {"freezing layers", "R76"},
      {"gradient clipping", "R63"},
      {"learning rate finder", "X7"},
      {"early stopping", "X7"},
      {"confusion matrix", "X3"},
      {"class weights", "recipe.Weighted"},
      {"AMP", "R92"},
      {"mixed precision", "R92"},
      {"Dropout", "R80"},
      {"learning rate scheduler", "R66"},
      {"repeat", "R28"},
      {"broadcasting", "R28"},
      {"transfer learning", "R76"},
      {"ignore_index", "R84"},
      {"softmax before cross-entropy", "R84"},
      {"reproducible seed", "R02"},
  };
  for (const auto& [query, answer] : answers) {
    EXPECT_THAT(Found(query), Contains(answer)) << query;
  }
}

TEST(CookbookSearchTest, FindsNothingWhereNothingIsServed) {
  EXPECT_THAT(Found("t-SNE"), IsEmpty());
  EXPECT_THAT(Found("Kubernetes"), IsEmpty());
  EXPECT_THAT(Found("snippet.Expnd"), IsEmpty());
}

TEST(CookbookSearchTest, TakesWordsWhole) {
  // Not "sampling", and not "mean and std".
  EXPECT_THAT(Found("AMP"), Not(Contains("R50")));
  EXPECT_THAT(Found("NaN"), Not(Contains("R48")));
  EXPECT_THAT(Found("dropout"), Not(Contains("R89")));
}

}  // namespace
}  // namespace toque
