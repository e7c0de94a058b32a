#include <sstream>

#include "framework/core/snippet.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

TEST(HalfPrecisionTest, ShowsRangeRoundingAutocastAndScaling) {
  std::ostringstream out;
  ASSERT_OK(MakeOrDie<Snippet>("snippet.HalfPrecision")->Show(out));
  // By hand: bfloat16 has steps of 512 near 70000 and of 2 near 257; float16
  // has steps of 2^-21 near 65536 * 1e-8, of which 1374 are the nearest.
  EXPECT_EQ(out.str(),
            "Half: 70000 is inf, 1e-8 is 0, 257 is 257\n"
            "BFloat16: 70000 is 70144, 1e-8 is 1.00117e-08, 257 is 256\n"
            "autocast: weight Float, product BFloat16, loss Float, gradient "
            "Float\n"
            "a gradient of 1e-8 through float16: 0, with a scaled loss "
            "9.99717e-09\n");
}

}  // namespace
}  // namespace toque
