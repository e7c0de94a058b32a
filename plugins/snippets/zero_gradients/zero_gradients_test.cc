#include <sstream>

#include "framework/core/snippet.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

TEST(ZeroGradientsTest, ShowsWhatAddsUpAndWhatIsCleared) {
  std::ostringstream out;
  ASSERT_OK(MakeOrDie<Snippet>("snippet.ZeroGradients")->Show(out));
  // By hand: the gradients of mean(x) body head are mean(x) = 2 times the other
  // weight, which is 5 or 2.
  EXPECT_EQ(out.str(),
            "backward: body 10, head 4\n"
            "once more: body 20, head 8\n"
            "after clearing the optimizer's: body 30, head 4\n"
            "after clearing the model's: body 10, head 4\n"
            "two halves of the batch: body 10, head 4\n");
}

}  // namespace
}  // namespace toque
