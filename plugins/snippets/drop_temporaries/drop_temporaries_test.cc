#include "framework/core/snippet.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

TEST(DropTemporariesTest, ShowsWhatScopesViewsAndGraphsHold) {
  Page page;
  MakeOrDie<Snippet>("snippet.DropTemporaries")->Show(page);
  EXPECT_OK(page.fault());
  EXPECT_EQ(
      page.Text(),
      "a tensor: 1024 KiB\n"
      "in a scope with two more: 3072 KiB\n"
      "holds: the end of a scope frees its tensors\n"
      "trap: a view keeps the whole of what it looks at\n"
      "  with one row of another tensor: 2048 KiB\n"
      "with a copy of that row: 1026 KiB\n"
      "trap: a loss keeps the graph it comes from, and so its activations\n"
      "  with the sum of three losses: 4096 KiB\n"
      "holds: that sum, detached, keeps none\n");
}

}  // namespace
}  // namespace toque
