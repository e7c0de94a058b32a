#include "framework/core/snippet.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

TEST(InPlaceTest, ShowsWhatIsSavedAndWhatIsLost) {
  Page page;
  MakeOrDie<Snippet>("snippet.InPlace")->Show(page);
  EXPECT_OK(page.fault());
  EXPECT_THAT(
      page.Text(),
      testing::StartsWith(
          "Relu(): up to 2048 KiB\n"
          "Relu(Inplace::kYes): up to 1024 KiB\n"
          "holds: it needs no memory of its own\n"
          "holds: its output is that of Relu()\n"
          "holds: and so is its gradient\n"
          "trap: an output kept of the layer before loses its negatives\n"
          "  its least value was -0.5 and is 0\n"
          "trap: a parameter can't be written: gradients end up there\n"
          "  a leaf Variable that requires grad is being used in an in-place "
          "operation.\n"
          "trap: what backward needs can't be written, which is noticed only "
          "there\n"
          "  one of the variables needed for gradient computation has been "
          "modified by an inplace operation"));
}

}  // namespace
}  // namespace toque
