#include "framework/core/describe.h"

#include "framework/testing/testing.h"

namespace toque {
namespace {

PluginDescription Of(std::string_view name) {
  auto description = Describe(name);
  EXPECT_OK(description);
  return *std::move(description);
}

// An option on one line: "speed: double = 1 (Turns a minute.)".
std::string Line(const OptionDescription& option) {
  return absl::StrCat(option.name, ": ", option.type, " = ",
                      option.default_value, " (", option.comment, ")");
}

TEST(DescribeTest, ListsOptionsWithTypesDefaultsAndComments) {
  std::vector<std::string> lines;
  for (const auto& option : Of("test.Stir").options) {
    lines.push_back(Line(option));
  }
  EXPECT_THAT(
      lines,
      testing::ElementsAre(
          "speed: double = 0.0001 (Turns a minute, above 0.)",
          "pause: repeated int64 =  ()", "spoon: string = \"wood\" ()",
          "direction: Direction = RIGHT (rarely changed)", "pot: plugin =  ()",
          "spice: repeated Spice =  ()",
          "spice.amount: float =  (Grams of it.)", "per: Per = EPOCH ()"));
}

TEST(DescribeTest, ListsTheValuesOfAnEnumWithTheirComments) {
  const auto values = Of("test.Stir").options[3].values;
  ASSERT_EQ(values.size(), 2u);
  EXPECT_EQ(values[0].name, "LEFT");
  EXPECT_EQ(values[0].comment, "against the clock");
  EXPECT_EQ(values[1].name, "RIGHT");
  EXPECT_EQ(values[1].comment, "with it");
}

TEST(DescribeTest, KeepsTheLinesOfTheWholeComment) {
  EXPECT_EQ(Of("test.Stir").comment,
            "Stirs what is in the pot (Escoffier et al. 1903;\n"
            "second edition). Not for souffles.\n\nA longer explanation.");
}

TEST(DescribeTest, SummarisesByTheFirstSentence) {
  EXPECT_EQ(Of("test.Stir").Summary(),
            "Stirs what is in the pot (Escoffier et al. 1903; second "
            "edition).");
  EXPECT_EQ(Of("test.Plain").Summary(), "One sentence on two lines.");
  EXPECT_EQ(Of("test.Silent").Summary(), "");
}

TEST(DescribeTest, KnowsLinkedMessagesWithoutTheirComments) {
  const PluginDescription any = Of("google.protobuf.Any");
  EXPECT_EQ(any.comment, "");
  EXPECT_EQ(Line(any.options[0]), "type_url: string =  ()");
}

TEST(DescribeTest, RefusesAnUnknownName) {
  EXPECT_THAT(Describe("test.Stirr"),
              FailsWith("no message is called test.Stirr"));
}

}  // namespace
}  // namespace toque
