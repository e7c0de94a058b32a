#include "framework/core/snippet.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

TEST(CopySemanticsTest, ShowsTheThreeWaysAndBothTraps) {
  Page page;
  MakeOrDie<Snippet>("snippet.CopySemantics")->Show(page);
  EXPECT_THAT(page.Text(),
              testing::StartsWith(
                  "clone(): new memory, in the graph\n"
                  "detach(): shared memory, out of the graph\n"
                  "detach().clone(): new memory, out of the graph\n"
                  "holds: a clone has its own memory, in the graph\n"
                  "holds: a detached tensor shares it, out of the graph\n"
                  "holds: both together make a plain copy\n"
                  "gradient through clone(): 2\n"
                  "holds: gradients flow back through a clone\n"
                  "trap: a tensor is a handle: a write to `alias = plain` is "
                  "one to plain\n"
                  "  [0, 0, 0]\n"
                  "trap: a write through detach() is noticed only in backward\n"
                  "  one of the variables needed for gradient computation has "
                  "been modified by an inplace operation"));
}

}  // namespace
}  // namespace toque
