#include "framework/core/snippet.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

TEST(PairwiseDistanceTest, IsARowForEachPointWithFiniteGradients) {
  Page page;
  MakeOrDie<Snippet>("snippet.PairwiseDistance")->Show(page);
  EXPECT_OK(page.fault());
  EXPECT_EQ(page.Text(),
            "[2, 2] and [3, 2] -> [2, 3]\n"
            "0 3 4\n"
            "5 4 3\n"
            "holds: they are those of broadcasting\n"
            "holds: at a distance of 0 the gradient is 0, by either method\n"
            "trap: by broadcasting a distance of 0 spoils the gradient\n"
            "  it is NaN, as that of the root is infinite at 0\n"
            "trap: points of other dimensions\n"
            "  b must have shape [n, d=2], got [3, 1]\n");
}

}  // namespace
}  // namespace toque
