#include <sstream>

#include "framework/core/snippet.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

TEST(CopySemanticsTest, ShowsTheThreeWaysAndTheTrap) {
  std::ostringstream out;
  ASSERT_OK(MakeOrDie<Snippet>("snippet.CopySemantics")->Show(out));
  EXPECT_THAT(
      out.str(),
      testing::StartsWith(
          "clone(): new memory, in the graph\n"
          "detach(): shared memory, out of the graph\n"
          "detach().clone(): new memory, out of the graph\n"
          "gradient through clone(): 2\n"
          "backward after a write to detach(): one of the variables needed for "
          "gradient computation has been modified by an inplace operation"));
}

}  // namespace
}  // namespace toque
