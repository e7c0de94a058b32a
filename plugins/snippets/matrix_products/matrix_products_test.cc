#include "framework/core/snippet.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

TEST(MatrixProductsTest, ShowsTheShapesOfEach) {
  Page page;
  MakeOrDie<Snippet>("snippet.MatrixProducts")->Show(page);
  EXPECT_OK(page.fault());
  EXPECT_THAT(
      page.Text(),
      testing::AllOf(
          testing::StartsWith("mm: [2, 3] [3, 4] -> [2, 4]\n"),
          testing::HasSubstr("\nbmm: [5, 2, 3] [5, 3, 4] -> [5, 2, 4]\n"),
          testing::HasSubstr("\nmul, the star: [2, 3] [3] -> [2, 3]\n"),
          testing::HasSubstr("\nmatmul: [5, 2, 3] [3, 4] -> [5, 2, 4]\n"),
          testing::HasSubstr("\n  [[0, 1], [4, 9]], by mm "
                             "[[2, 3], [6, 11]]\n"),
          testing::HasSubstr("self must be a matrix"),
          testing::HasSubstr("to be: [5, 3] but got: [1, 3]"),
          testing::HasSubstr("cannot be multiplied (2x3 and 2x3)")));
}

}  // namespace
}  // namespace toque
