#include "framework/core/snippet.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

TEST(ZeroGradientsTest, ShowsWhatAddsUpAndWhatIsCleared) {
  Page page;
  MakeOrDie<Snippet>("snippet.ZeroGradients")->Show(page);
  EXPECT_OK(page.fault());
  // By hand: the gradients of mean(x) body head are mean(x) = 2 times the other
  // weight, which is 5 or 2. A decay of 0.5 takes half of 5.
  EXPECT_EQ(page.Text(),
            "backward: body 10, head 4\n"
            "trap: a second backward adds\n"
            "  body 20, head 8\n"
            "trap: what the optimizer doesn't have goes on adding up\n"
            "  body 30, head 4\n"
            "after the model's zero_grad: body 10, head 4\n"
            "holds: all are as at first\n"
            "two halves of the batch: body 10, head 4\n"
            "holds: halves add up to the whole\n"
            "a step without gradient: the head is 5\n"
            "holds: an undefined gradient leaves a weight alone\n"
            "trap: weight decay moves what has a gradient of 0\n"
            "  the head is 2.5\n");
}

}  // namespace
}  // namespace toque
