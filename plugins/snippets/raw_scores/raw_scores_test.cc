#include "framework/core/snippet.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

TEST(RawScoresTest, ShowsTheFloorOfTheLossAndTheLostGradient) {
  Page page;
  MakeOrDie<Snippet>("snippet.RawScores")->Show(page);
  EXPECT_OK(page.fault());
  // By hand: the floor is log(1 + 2 / e), a wrong answer's loss log(e + 2).
  EXPECT_THAT(
      page.Text(),
      testing::AllOf(
          testing::HasSubstr(
              "raw scores: right 0.000, wrong 12.000 with gradient 1.000\n"
              "after a softmax: right 0.551, wrong 1.551 with gradient "
              "0.000\n"),
          testing::EndsWith(
              "trap: a softmax puts a floor under the loss\n"
              "  scores of 1200, 0 and 0 still cost 0.551\n"
              "trap: and takes the gradient from wrong answers\n"
              "  what should be learned most has a gradient of 0.000\n")));
}

}  // namespace
}  // namespace toque
