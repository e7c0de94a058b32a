#include "framework/core/snippet.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

TEST(PadStackTest, FillsTheShorterAndKeepsTheLengths) {
  Page page;
  MakeOrDie<Snippet>("snippet.PadStack")->Show(page);
  EXPECT_OK(page.fault());
  EXPECT_THAT(page.Text(),
              testing::AllOf(
                  testing::HasSubstr("stack expects each tensor to be equal "
                                     "size, but got [4] at entry 0 and [2]"),
                  testing::HasSubstr("values: int64 [3, 4] cpu, [[1, 2, 3, 4], "
                                     "[1, 2, 0, 0], [1, 2, 3, 0]]\n"
                                     "lengths: [4, 2, 3]\n"),
                  testing::EndsWith(
                      "trap: a mean over padding is too small\n"
                      "  0.75 for the words 1 and 2; by its length it is 1.5\n"
                      "trap: the other axes must be equal\n"
                      "  examples[1] must have shape [*], got [2, 3]\n")));
}

}  // namespace
}  // namespace toque
