#include "framework/core/snippet.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

TEST(CheckShapeTest, NamesTheTensorAndBothShapes) {
  Page page;
  MakeOrDie<Snippet>("snippet.CheckShape")->Show(page);
  EXPECT_OK(page.fault());
  EXPECT_EQ(page.Text(),
            "images [8, 3, 32, 24]: any number, the rest as it must be\n"
            "trap: height and width are in another order\n"
            "  images must have shape [*, 3, 24, 32], got [8, 3, 32, 24]\n"
            "trap: the batch was forgotten\n"
            "  images[0] must have shape [*, 3, 32, 24], got [3, 32, 24]\n"
            "holds: axes of one name have one size, whatever it is\n"
            "trap: a label is missing\n"
            "  labels must have shape [N=8], got [7]\n");
}

}  // namespace
}  // namespace toque
