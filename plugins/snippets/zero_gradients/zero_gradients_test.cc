#include "framework/core/snippet.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

TEST(ZeroGradientsTest, ShowsWhatAddsUpAndWhatIsCleared) {
  Page page;
  MakeOrDie<Snippet>("snippet.ZeroGradients")->Show(page);
  // By hand: the gradients of mean(x) body head are mean(x) = 2 times the other
  // weight, which is 5 or 2.
  EXPECT_EQ(page.Text(),
            "backward: body 10, head 4\n"
            "holds: the first gradients are right\n"
            "once more: body 20, head 8\n"
            "trap: gradients add up\n"
            "  twice as large\n"
            "after clearing the optimizer's: body 30, head 4\n"
            "trap: what the optimizer doesn't have goes on adding up\n"
            "  the body's is three times as large\n"
            "after clearing the model's: body 10, head 4\n"
            "holds: all of the model's are right again\n"
            "two halves of the batch: body 10, head 4\n"
            "holds: halves add up to the whole\n");
}

}  // namespace
}  // namespace toque
