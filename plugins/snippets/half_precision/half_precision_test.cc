#include "framework/core/snippet.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

TEST(HalfPrecisionTest, ShowsRangeRoundingAutocastAndScaling) {
  Page page;
  MakeOrDie<Snippet>("snippet.HalfPrecision")->Show(page);
  EXPECT_OK(page.fault());
  // By hand: bfloat16 has steps of 512 near 70000 and of 2 near 257; float16
  // has steps of 2^-21 near 65536 * 1e-8, of which 1374 are the nearest.
  EXPECT_EQ(
      page.Text(),
      "float16: 70000 is inf, 1e-8 is 0, 257 is 257\n"
      "bfloat16: 70000 is 70144, 1e-8 is 1.00117e-08, 257 is 256\n"
      "autocast: weight float32, product bfloat16, loss float32, gradient "
      "float32\n"
      "holds: only products are bfloat16\n"
      "holds: and not after the scope\n"
      "a gradient of 1e-8 through float16, the loss scaled: 9.99717e-09\n"
      "holds: a scaled loss keeps it\n"
      "w 1, scale 32768\n"
      "w 0.5, scale 32768\n"
      "holds: a step with infinite gradients is left out and halves the "
      "scale\n"
      "trap: float16 ends at 65504\n"
      "  70000 is inf\n"
      "trap: bfloat16 has no more than eight bits\n"
      "  257 is 256\n"
      "trap: small gradients vanish in float16\n"
      "  a gradient of 1e-8 is 0\n");
}

}  // namespace
}  // namespace toque
