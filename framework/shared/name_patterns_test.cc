#include "framework/shared/name_patterns.h"

#include "framework/testing/testing.h"

namespace toque {
namespace {

NamePatterns Patterns(const std::vector<std::string>& texts) {
  auto made = NamePatterns::Make("match", texts);
  EXPECT_OK(made);
  return *std::move(made);
}

TEST(NamePatternsTest, MatchWhereOneOfThemIsFound) {
  const NamePatterns patterns = Patterns({"^layer1\\.", "bias$"});
  EXPECT_TRUE(patterns.Match("layer1.0.weight"));
  EXPECT_TRUE(patterns.Match("fc.bias"));
  EXPECT_FALSE(patterns.Match("fc.weight"));
  EXPECT_FALSE(patterns.Match("my.layer1.weight"));
  EXPECT_TRUE(Patterns({""}).Match("anything"));
}

TEST(NamePatternsTest, MatchNothingWhereThereAreNone) {
  EXPECT_TRUE(NamePatterns().empty());
  EXPECT_FALSE(NamePatterns().Match("fc"));
  EXPECT_OK(NamePatterns().CheckEach("a layer", {}));
}

TEST(NamePatternsTest, NameTheOneThatIsNoExpression) {
  EXPECT_THAT(NamePatterns::Make("match", {"fc", "(fc"}),
              FailsWith("match[1] must be a regular expression, got (fc"));
  EXPECT_THAT(NamePatterns::Make("match", {"["}),
              FailsWith("match must be a regular expression, got ["));
}

TEST(NamePatternsTest, NameTheOneThatMatchesNothing) {
  const NamePatterns patterns = Patterns({"fc", "head"});
  EXPECT_OK(patterns.CheckEach("a layer", {"fc", "head"}));
  EXPECT_THAT(patterns.CheckEach("a layer", {"fc", "body"}),
              FailsWith("match[1] must match a layer, got head"));
}

}  // namespace
}  // namespace toque
