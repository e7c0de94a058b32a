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
            "distances: [[0, 3, 4], [5, 4, 3]]\n"
            "holds: they are those of broadcasting\n"
            "holds: at a distance of 0 the gradient is 0, by either method\n"
            "trap: by broadcasting a distance of 0 spoils the gradient: the "
            "root's is infinite there\n"
            "  [nan, nan]\n"
            "trap: points of other dimensions\n"
            "  b must have shape [n, d=2], got [3, 1]\n"
            "trap: the default loses distances far below the points' lengths\n"
            "  from (1000, 1000) to (1000, 1000.125): 0; by kExact 0.125\n"
            "trap: kExact is for float32 and float64\n"
            "  exact distances need float32 or float64, got float16\n");
}

}  // namespace
}  // namespace toque
