#include "framework/core/snippet.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

TEST(NoGradientsTest, ShowsWhatIsNotRecordedAndWhatThatRefuses) {
  Page page;
  MakeOrDie<Snippet>("snippet.NoGradients")->Show(page);
  EXPECT_OK(page.fault());
  // By hand: a weight of 1, less 0.5.
  EXPECT_THAT(
      page.Text(),
      testing::StartsWith(
          "holds: outside, an output needs gradients\n"
          "holds: in the scope, it does not\n"
          "holds: the weight still does\n"
          "weight after its update: 0.5\n"
          "trap: there is no way back through what was not recorded\n"
          "  element 0 of tensors does not require grad and does not have a "
          "grad_fn\n"
          "trap: outside of the scope a parameter can't be updated in place\n"
          "  a leaf Variable that requires grad is being used in an in-place "
          "operation.\n"
          "trap: what inference mode made can't join a graph later\n"
          "  Inference tensors cannot be saved for backward."));
  EXPECT_THAT(page.Text(), testing::EndsWith("trap: the scope is of one thread"
                                             "\n  a new thread records\n"));
}

}  // namespace
}  // namespace toque
