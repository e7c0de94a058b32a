#include "framework/core/snippet.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

TEST(FewerTransfersTest, ShowsTheReadsOfBothWays) {
  Page page;
  MakeOrDie<Snippet>("snippet.FewerTransfers")->Show(page);
  EXPECT_OK(page.fault());
  // By hand: the mean of 1 to 100; 3 answers of 4 are right.
  EXPECT_EQ(
      page.Text(),
      "a read each batch: mean loss 50.5, 100 reads\n"
      "a sum on the device: mean loss 50.5, 1 read\n"
      "holds: both are the same mean\n"
      "holds: right answers are counted without a read\n"
      "accuracy 0.75, 1 read\n"
      "trap: x.equal(y) answers with a bool\n"
      "  1 read\n"
      "trap: so does at::allclose(x, y)\n"
      "  1 read\n"
      "trap: x.nonzero() has to know how many there are\n"
      "  1 read\n"
      "trap: a sum of losses that are not detached keeps all their graphs\n"
      "  it requires gradients\n"
      "trap: a sum in float32 stands still\n"
      "  2^24 + 1 is 16777216\n");
}

}  // namespace
}  // namespace toque
