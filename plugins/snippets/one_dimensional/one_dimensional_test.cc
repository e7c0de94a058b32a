#include "framework/core/snippet.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

TEST(OneDimensionalTest, RefusesAVectorAgainstAColumn) {
  Page page;
  MakeOrDie<Snippet>("snippet.OneDimensional")->Show(page);
  EXPECT_OK(page.fault());
  // By hand: 16 pairs, of which 6 are 1 apart, 4 are 2 and 2 are 3: 40 / 16.
  EXPECT_EQ(page.Text(),
            "output [4, 1] minus target [4] is [4, 4]\n"
            "trap: the loss of a perfect output isn't 0\n"
            "  each output is compared with each target: 2.5\n"
            "trap: a loss that checks says so\n"
            "  output and target must have the same shape, got [4, 1] and "
            "[4]\n"
            "holds: where both are [N, 1] it is 0\n");
}

}  // namespace
}  // namespace toque
