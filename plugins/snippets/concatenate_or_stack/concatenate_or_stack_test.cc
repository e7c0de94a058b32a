#include "framework/core/snippet.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

TEST(ConcatenateOrStackTest, ShowsShapesAndErrors) {
  Page page;
  MakeOrDie<Snippet>("snippet.ConcatenateOrStack")->Show(page);
  EXPECT_EQ(page.Text(),
            "x: [10, 5]\n"
            "cat: [30, 5], along axis 1 [10, 15]\n"
            "stack: [3, 10, 5], as the last axis [10, 5, 3]\n"
            "holds: stack is cat with an axis to tell apart by\n"
            "trap: cat wants all other axes equal, and doesn't broadcast\n"
            "  Sizes of tensors must match except in dimension 0. Expected "
            "size 5 but got size 4 for tensor number 1 in the list.\n"
            "trap: stack wants all axes equal\n"
            "  stack expects each tensor to be equal size, but got [10, 5] at "
            "entry 0 and [9, 5] at entry 1\n"
            "holds: Cat and Stack give the same\n"
            "trap: Cat's error names the example\n"
            "  examples[2] must have shape [*, 5], got [10, 4]\n"
            "trap: as does Stack's\n"
            "  examples[1] must have shape [10, 5], got [9, 5]\n"
            "trap: examples of two types are an error\n"
            "  examples[1] must be int64, got float64\n");
}

}  // namespace
}  // namespace toque
