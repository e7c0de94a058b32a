#include "framework/core/snippet.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

TEST(NonZeroTest, ShowsBothSetsOfIndicesAndAScalar) {
  Page page;
  MakeOrDie<Snippet>("snippet.NonZero")->Show(page);
  EXPECT_EQ(page.Text(),
            "not zero: 3 at [[0, 1], [1, 0], [2, 1]]\n"
            "zero: 3 at [[0, 0], [1, 1], [2, 0]]\n"
            "holds: indices are int64, a column for each axis\n"
            "holds: every element is counted once\n"
            "trap: a tensor without axes has no columns; the rows still count\n"
            "  the indices in a scalar of 3: int64 [1, 0] cpu\n");
}

}  // namespace
}  // namespace toque
