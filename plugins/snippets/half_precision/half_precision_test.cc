#include "framework/core/snippet.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

TEST(HalfPrecisionTest, ShowsRangeRoundingAutocastAndScaling) {
  Page page;
  MakeOrDie<Snippet>("snippet.HalfPrecision")->Show(page);
  // By hand: bfloat16 has steps of 512 near 70000 and of 2 near 257; float16
  // has steps of 2^-21 near 65536 * 1e-8, of which 1374 are the nearest.
  EXPECT_THAT(
      page.Text(),
      testing::StartsWith(
          "Half: 70000 is inf, 1e-8 is 0, 257 is 257\n"
          "BFloat16: 70000 is 70144, 1e-8 is 1.00117e-08, 257 is 256\n"
          "autocast: weight Float, product BFloat16, loss Float, gradient "
          "Float\n"
          "holds: parameters, their gradients and the loss stay float32\n"
          "a gradient of 1e-8 through float16, the loss scaled: 9.99717e-09\n"
          "holds: a scaled loss keeps small gradients\n"));
}

}  // namespace
}  // namespace toque
