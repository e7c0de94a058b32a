#include "framework/core/snippet.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

TEST(OneDimensionalTest, RefusesAVectorAgainstAColumn) {
  Page page;
  MakeOrDie<Snippet>("snippet.OneDimensional")->Show(page);
  EXPECT_OK(page.fault());
  EXPECT_EQ(page.Text(),
            "output [3, 1] minus target [3] is [3, 3]\n"
            "trap: the loss of a perfect output isn't 0\n"
            "  each output is compared with each target: 1.33\n"
            "trap: a loss that checks says so\n"
            "  output and target must have the same shape, got [3, 1] and "
            "[3]\n"
            "holds: where both are [N, 1] it is 0\n");
}

}  // namespace
}  // namespace toque
