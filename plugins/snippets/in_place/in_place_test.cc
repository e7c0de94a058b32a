#include "framework/core/snippet.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

TEST(InPlaceTest, ShowsTheSameResultAndBothErrors) {
  Page page;
  MakeOrDie<Snippet>("snippet.InPlace")->Show(page);
  EXPECT_THAT(page.Text(),
              testing::StartsWith(
                  "holds: relu_ needs no memory of its own\n"
                  "holds: its result is that of relu\n"
                  "holds: and so is its gradient\n"
                  "trap: a parameter can't be written: gradients end up there\n"
                  "  a leaf Variable that requires grad is being used in an "
                  "in-place operation.\n"
                  "trap: what backward needs can't be written, which is "
                  "noticed only there\n"
                  "  one of the variables needed for gradient computation has "
                  "been modified by an inplace operation"));
}

}  // namespace
}  // namespace toque
