#include "framework/core/snippet.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

TEST(NamedDimensionsTest, SumsSelectsAndReordersByName) {
  Page page;
  MakeOrDie<Snippet>("snippet.NamedDimensions")->Show(page);
  EXPECT_OK(page.fault());
  EXPECT_THAT(
      page.Text(),
      testing::StartsWith("x: float32 [C=3, N=4, H=1, W=2] cpu\n"
                          "sum over C: float32 [N=4, H=1, W=2] cpu\n"
                          "slice 0 of C: float32 [N=4, H=1, W=2] cpu\n"
                          "as N, C, H, W: float32 [N=4, C=3, H=1, W=2] cpu, "
                          "strides [2, 8, 2, 1]\n"
                          "N and C last: float32 [H=1, W=2, N=4, C=3] cpu, "
                          "strides [2, 1, 2, 8]\n"));
  EXPECT_THAT(page.Text(),
              testing::AllOf(
                  testing::HasSubstr("align_to: Cannot find dim 'W'"),
                  testing::HasSubstr("Name 'T' not found in "
                                     "Tensor['C', 'N', 'H', 'W'].\n"),
                  testing::HasSubstr("dim 'N' and dim 'C' are at the same "
                                     "position from the right"),
                  testing::HasSubstr(
                      "aten::view is not yet supported with named tensors")));
}

}  // namespace
}  // namespace toque
