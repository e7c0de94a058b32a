#include "framework/core/snippet.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

TEST(TensorFactsTest, SaysTypeShapeAndDevice) {
  Page page;
  MakeOrDie<Snippet>("snippet.TensorFacts")->Show(page);
  EXPECT_OK(page.fault());
  EXPECT_THAT(
      page.Text(),
      testing::StartsWith(
          "x: float32 [3, 4, 5] cpu\n"
          "type: float32, shape: [3, 4, 5], dimensions: 3\n"
          "elements: 60, bytes: 240, strides: [20, 5, 1]\n"
          "x.transpose(0, 2): float32 [5, 4, 3] cpu, strides [1, 5, 20]\n"
          "x.sum(): float32 [] cpu\n"));
  EXPECT_THAT(page.Text(),
              testing::HasSubstr("Dimension out of range (expected to be in "
                                 "range of [-3, 2], but got 3)\n"));
}

}  // namespace
}  // namespace toque
