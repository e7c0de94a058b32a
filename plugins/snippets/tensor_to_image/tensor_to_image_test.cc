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
                              "levels: 0, 1 ... 255\n"
                              "read from the file: float32 [3, 8, 32] cpu\n"),
          testing::HasSubstr("-0.2, 0.999, 1.5: levels 0, 254, 255\n"),
          testing::HasSubstr("  [205, 254, 126]\n")));
}

}  // namespace
}  // namespace toque
