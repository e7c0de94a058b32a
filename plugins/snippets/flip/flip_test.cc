#include "framework/core/snippet.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

TEST(FlipTest, EqualsTheFormByIndex) {
  Page page;
  MakeOrDie<Snippet>("snippet.Flip")->Show(page);
  EXPECT_OK(page.fault());
  EXPECT_THAT(page.Text(),
              testing::AllOf(
                  testing::StartsWith(
                      "x: [[[[0, 1, 2, 3], [4, 5, 6, 7]]]]\n"
                      "x.flip({3}): [[[[3, 2, 1, 0], [7, 6, 5, 4]]]]\n"),
                  testing::HasSubstr("  slice step must be positive\n"),
                  testing::HasSubstr("range of [-3, 2], but got 3)\n"),
                  testing::HasSubstr("  [[[[4, 5, 6, 7], [0, 1, 2, 3]]]]\n")));
}

}  // namespace
}  // namespace toque
