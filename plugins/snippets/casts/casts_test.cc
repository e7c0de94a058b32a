#include "framework/core/snippet.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

TEST(CastsTest, CutsTowardZeroAndCopiesOnlyWhatChanges) {
  Page page;
  MakeOrDie<Snippet>("snippet.Casts")->Show(page);
  EXPECT_OK(page.fault());
  EXPECT_THAT(page.Text(),
              testing::StartsWith("x: [-1.7, -0.5, 0.5, 1.7], float64 [4] cpu\n"
                                  "x.to(at::kFloat): float32 [4] cpu\n"
                                  "x.to(at::kLong): [-1, 0, 0, 1]\n"));
  EXPECT_THAT(page.Text(),
              testing::AllOf(testing::HasSubstr(
                                 "holds: floats are cut toward zero\n"
                                 "holds: a cast that changes nothing copies "
                                 "nothing\n"
                                 "holds: copy = true copies all the same, and "
                                 "keeps every number\n"),
                             testing::HasSubstr("  [0, 0, 0, 0]\n"),
                             testing::HasSubstr("  [44, 255]\n"),
                             testing::HasSubstr("  [16777216]\n"),
                             testing::HasSubstr("  int64 [1] cpu\n")));
}

}  // namespace
}  // namespace toque
