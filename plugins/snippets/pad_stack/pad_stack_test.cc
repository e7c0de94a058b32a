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
                  testing::HasSubstr("values: [3, 4]\n"
                                     "1 2 3 4, length 4\n"
                                     "1 2 0 0, length 2\n"
                                     "1 2 3 0, length 3\n"),
                  testing::EndsWith("of [2] and [2, 3]: examples[1] must have "
                                    "shape [*], got [2, 3]\n")));
}

}  // namespace
}  // namespace toque
