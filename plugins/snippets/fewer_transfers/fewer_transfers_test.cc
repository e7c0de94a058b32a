#include "framework/core/snippet.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

TEST(FewerTransfersTest, ShowsTheReadsOfBothWays) {
  Page page;
  MakeOrDie<Snippet>("snippet.FewerTransfers")->Show(page);
  EXPECT_OK(page.fault());
  // By hand: the mean of 1 to 100.
  EXPECT_EQ(
      page.Text(),
      "a read each batch: mean 50.5, 100 reads\n"
      "a sum on the device: mean 50.5, 1 read\n"
      "holds: both are the same mean\n"
      "holds: a look for NaN reads\n"
      "trap: a sum of losses that are not detached keeps all their graphs\n"
      "  it requires gradients\n"
      "trap: a sum in float32 stands still\n"
      "  2^24 + 1 is 2^24\n");
}

}  // namespace
}  // namespace toque
