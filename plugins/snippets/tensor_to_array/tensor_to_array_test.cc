#include "framework/core/snippet.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

TEST(TensorToArrayTest, SharesMemoryBothWays) {
  Page page;
  MakeOrDie<Snippet>("snippet.TensorToArray")->Show(page);
  EXPECT_OK(page.fault());
  EXPECT_THAT(
      page.Text(),
      testing::AllOf(
          testing::StartsWith("x: [[0, 0, 0], [0, 7, 0]]\n"),
          testing::HasSubstr("own: int16 [2, 2] cpu, [[1, 2], [3, 4]]\n"),
          testing::HasSubstr("own after own.to(at::kFloat).zero_(): "
                             "[[1, 2], [3, 4]]\n"
                             "holds: a cast from another type is a copy\n"),
          testing::HasSubstr("  a span of float64 needs a tensor of "
                             "that type, got float32 [2, 3] cpu\n"),
          testing::HasSubstr("got float32 [3, 2] cpu, strides "
                             "[1, 3]\n")));
}

}  // namespace
}  // namespace toque
