#include "framework/core/snippet.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

TEST(EqualityTest, TellsCloseFromEqual) {
  Page page;
  MakeOrDie<Snippet>("snippet.Equality")->Show(page);
  EXPECT_OK(page.fault());
  EXPECT_THAT(
      page.Text(),
      testing::StartsWith(
          "1/3 in float32 and float64, equal: no, close: yes\n"
          "holds: close is within 1e-5 of the second: the order may count\n"
          "holds: beside 0 it is within 1e-8\n"));
  EXPECT_THAT(page.Text(),
              testing::AllOf(
                  testing::HasSubstr("trap: NaN is unequal to itself\n"
                                     "  at::allclose(nan, nan): no\n"),
                  testing::HasSubstr("  [3] and [3, 1] are close: yes\n"),
                  testing::HasSubstr("The size of tensor a (3) must match the "
                                     "size of tensor b (2)"),
                  testing::HasSubstr("Double did not match Float")));
}

}  // namespace
}  // namespace toque
