#include <sstream>

#include "framework/core/snippet.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

TEST(ConcatenateOrStackTest, ShowsShapesErrorsAndPadding) {
  std::ostringstream out;
  ASSERT_OK(MakeOrDie<Snippet>("snippet.ConcatenateOrStack")->Show(out));
  EXPECT_EQ(
      out.str(),
      "x: [10, 5]\n"
      "cat: [30, 5], along axis 1 [10, 15]\n"
      "stack: [3, 10, 5], as the last axis [10, 5, 3]\n"
      "cat with [10, 4]: Sizes of tensors must match except in dimension 0. "
      "Expected size 5 but got size 4 for tensor number 1 in the list.\n"
      "stack with [9, 5]: stack expects each tensor to be equal size, but got "
      "[10, 5] at entry 0 and [9, 5] at entry 1\n"
      "padded and stacked: [2, 10, 5], the end of the second is -1\n");
}

}  // namespace
}  // namespace toque
