#include "framework/shared/class_labels.h"

#include <fstream>

#include "framework/testing/testing.h"

namespace toque {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

// A file of this text.
std::string File(const std::string& text) {
  const std::string path = TestFolder() + "/index.txt";
  std::ofstream(path) << text;
  return path;
}

TEST(TakeLastWordTest, CutsAtTheLastTabOrElseAtTheLastSpace) {
  const auto take = [](std::string_view line) {
    const std::string_view word = TakeLastWord(&line);
    return std::pair(std::string(line), std::string(word));
  };
  EXPECT_THAT(take("a b 1"), Pair("a b", "1"));
  EXPECT_THAT(take("a b\tice cream"), Pair("a b", "ice cream"));
  EXPECT_THAT(take("a  \t 1"), Pair("a", "1"));
  EXPECT_THAT(take("a"), Pair("a", ""));
  EXPECT_THAT(take(""), Pair("", ""));
}

TEST(ClassLabelsTest, CountNumbersWithoutKnowingTheClasses) {
  auto labels = ClassLabels::Of(0, {});
  ASSERT_OK(labels);
  EXPECT_EQ(labels->classes(), 0);
  EXPECT_EQ(*labels->Parse("4"), 4);
  EXPECT_EQ(*labels->Parse("0"), 0);
  EXPECT_EQ(labels->classes(), 5);
  EXPECT_THAT(labels->names(), IsEmpty());
  EXPECT_THAT(labels->Parse("4x"), FailsWith("label must be a number, got 4x"));
  EXPECT_THAT(labels->Parse("2147483647"), FailsWith("below 1073741824"));
}

TEST(ClassLabelsTest, AreNamesOrNumbersOfListedClasses) {
  auto labels = ClassLabels::Of(0, {"hat", "7"});
  ASSERT_OK(labels);
  EXPECT_EQ(labels->classes(), 2);
  EXPECT_EQ(*labels->Parse("hat"), 0);
  EXPECT_EQ(*labels->Parse("7"), 1);  // a name comes first
  EXPECT_EQ(*labels->Parse("1"), 1);
  EXPECT_THAT(labels->Parse("2"), FailsWith("below 2, got 2"));
  EXPECT_THAT(labels->Parse("coat"),
              FailsWith("label must be a class that is listed, got coat"));
}

TEST(ClassLabelsTest, TakeTheNumbersAndNamesOfAnIndex) {
  ClassLabels labels;
  ASSERT_OK(labels.ReadIndex(File("1 Archery\r\n\n2\tBasketball Dunk\n")));
  EXPECT_EQ(labels.classes(), 2);
  EXPECT_THAT(labels.names(), ElementsAre("Archery", "Basketball Dunk"));
  EXPECT_EQ(*labels.Parse("1"), 0);
  EXPECT_EQ(*labels.Parse("Basketball Dunk"), 1);
  EXPECT_TRUE(labels.Knows("2"));
  EXPECT_FALSE(labels.Knows("0"));
  EXPECT_THAT(labels.Parse("0"), FailsWith("must be a class that is listed"));
}

TEST(ClassLabelsTest, RefuseABadIndex) {
  const auto read = [](const std::string& text) {
    return ClassLabels().ReadIndex(File(text));
  };
  EXPECT_THAT(read("\n"), FailsWith("/index.txt: must name a class"));
  EXPECT_THAT(read("1 a\nb 2\n"),
              FailsWith("/index.txt:2: a line must be a number and the name of "
                        "a class, got b 2"));
  EXPECT_THAT(read("1 a\n2\n"), FailsWith(":2: a line must be a number and"));
  EXPECT_THAT(read("1 a\n1 b\n"),
              FailsWith(":2: a class must be listed once, got 1"));
  EXPECT_THAT(read("1 a\n2 a\n"),
              FailsWith(":2: a class must be listed once, got a"));
}

}  // namespace
}  // namespace toque
