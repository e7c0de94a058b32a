#include "framework/core/snippet.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

TEST(SliceChildrenTest, GivesTheOutputOfTheFirstTwoBlocks) {
  Page page;
  MakeOrDie<Snippet>("snippet.SliceChildren")->Show(page);
  EXPECT_OK(page.fault());
  EXPECT_THAT(
      page.Text(),
      testing::AllOf(
          testing::StartsWith("net: [2, 10]\n"
                              "its first two children: [2, 32, 7, 7]\n"),
          testing::HasSubstr("\n  fc: Linear(1568, 10): input [2, 32, 7, 7]: "
                             "input must have 1568 features, got "
                             "[2, 32, 7, 7]\n"),
          testing::EndsWith("  begin and end must be a part of the 3 children, "
                            "got 0 and 4\n")));
}

}  // namespace
}  // namespace toque
