#include "framework/core/snippet.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

TEST(ExpandTest, ShowsStridesAndBothErrors) {
  Page page;
  MakeOrDie<Snippet>("snippet.Expand")->Show(page);
  EXPECT_EQ(page.Text(),
            "features: [64, 512]\n"
            "map: [64, 512, 7, 7], strides [512, 1, 0, 0]\n"
            "holds: an expanded axis has stride 0\n"
            "holds: the map has the memory of the features: nothing is copied\n"
            "repeated: [64, 512, 7, 7], strides [25088, 49, 7, 1]\n"
            "holds: repeat() has the same numbers, in 49 times the memory\n"
            "holds: contiguous() makes the one into the other\n"
            "trap: 49 places are one number in memory: map.mul_(2) raises\n"
            "  unsupported operation: more than one element of the written-to "
            "tensor refers to a single memory location. Please clone() the "
            "tensor before performing the operation.\n"
            "trap: only axes of size 1 can be expanded\n"
            "  The expanded size of the tensor (1024) must match the existing "
            "size (512) at non-singleton dimension 1.  Target sizes: [64, "
            "1024].  Tensor sizes: [64, 512]\n");
}

}  // namespace
}  // namespace toque
