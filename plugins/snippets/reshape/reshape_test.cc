#include "framework/core/snippet.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

TEST(ReshapeTest, SharesMemoryOrCopies) {
  Page page;
  MakeOrDie<Snippet>("snippet.Reshape")->Show(page);
  EXPECT_OK(page.fault());
  EXPECT_THAT(
      page.Text(),
      testing::AllOf(
          testing::StartsWith("x.reshape({6, 4}): int64 [6, 4] cpu\n"
                              "x.reshape({2, -1}): int64 [2, 12] cpu"),
          testing::HasSubstr("x.permute({1, 0, 2}): int64 [3, 2, 4] cpu, "
                             "strides [4, 12, 1]\n"),
          testing::HasSubstr("  view size is not compatible with input "
                             "tensor's size and stride"),
          testing::HasSubstr("  the sum of x is still 276\n"),
          testing::HasSubstr("  [[0, 1], [2, 3], [4, 5]], transposed "
                             "[[0, 3], [1, 4], [2, 5]]\n"),
          testing::HasSubstr("  shape '[4]' is invalid for input of size 6\n"),
          testing::HasSubstr("  only one dimension can be inferred\n")));
}

}  // namespace
}  // namespace toque
