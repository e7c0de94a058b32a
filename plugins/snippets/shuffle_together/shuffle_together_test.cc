#include "framework/core/snippet.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

TEST(ShuffleTogetherTest, KeepsInputsAndLabelsTogether) {
  Page page;
  MakeOrDie<Snippet>("snippet.ShuffleTogether")->Show(page);
  EXPECT_OK(page.fault());
  EXPECT_THAT(
      page.Text(),
      testing::StartsWith("inputs: [[0, 1], [4, 5], [8, 9], [6, 7], [2, 3]]\n"
                          "labels: [0, 2, 4, 3, 1]\n"));
  EXPECT_THAT(page.Text(),
              testing::HasSubstr("  tensor 1 must have as many rows as tensor "
                                 "0, 5, got [4]\n"));
}

}  // namespace
}  // namespace toque
