#include <sstream>

#include "framework/core/snippet.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

TEST(DropTemporariesTest, ShowsWhatScopesViewsAndGraphsHold) {
  std::ostringstream out;
  ASSERT_OK(MakeOrDie<Snippet>("snippet.DropTemporaries")->Show(out));
  EXPECT_EQ(out.str(),
            "a tensor: 1024 KiB\n"
            "in a scope with two more: 3072 KiB\n"
            "after it: 1024 KiB\n"
            "with one row of another: 2048 KiB\n"
            "with a copy of that row: 1026 KiB\n"
            "with the sum of three losses: 4096 KiB\n"
            "with that sum, detached: 1024 KiB\n");
}

}  // namespace
}  // namespace toque
