#include "framework/core/snippet.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

// 4 (1 - 0.75^steps).
TEST(RunningStatTest, NearsTheMeanAndIsThereAtOnceWhereCorrected) {
  Page page;
  MakeOrDie<Snippet>("snippet.RunningStat")->Show(page);
  EXPECT_OK(page.fault());
  EXPECT_THAT(
      page.Text(),
      testing::AllOf(testing::StartsWith("step 1: 1, corrected 4\n"
                                         "step 2: 1.75, corrected 4\n"
                                         "step 3: 2.3125, corrected 4\n"),
                     testing::HasSubstr("which grows with each step\n"
                                        "  requires_grad() is true\n")));
}

}  // namespace
}  // namespace toque
