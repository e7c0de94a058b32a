#include "framework/core/snippet.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

TEST(TensorToImageTest, ClampsCutsAndReadsBackEachLevel) {
  Page page;
  MakeOrDie<Snippet>("snippet.TensorToImage")->Show(page);
  EXPECT_OK(page.fault());
  EXPECT_THAT(
      page.Text(),
      testing::AllOf(
          testing::StartsWith("x: float32 [1, 8, 32] cpu\n"
                              "bytes: uint8 [8, 32, 1] cpu\n"
                              "read from the file: float32 [3, 8, 32] cpu\n"),
          testing::HasSubstr("-0.2, 0.999, 1.5: [0, 254, 255]\n"),
          testing::HasSubstr("  [205, 254, 126]\n"),
          testing::HasSubstr("input.dim() = 2 is not equal to len(dims) = 3\n"),
          testing::HasSubstr("  float32 [3, 1, 1] cpu, [1, 0, 0]\n")));
}

}  // namespace
}  // namespace toque
