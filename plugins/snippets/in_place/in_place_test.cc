#include <sstream>

#include "framework/core/snippet.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

TEST(InPlaceTest, ShowsTheSameResultAndBothErrors) {
  std::ostringstream out;
  ASSERT_OK(MakeOrDie<Snippet>("snippet.InPlace")->Show(out));
  EXPECT_THAT(
      out.str(),
      testing::StartsWith(
          "relu_: the same memory\n"
          "of a parameter: a leaf Variable that requires grad is being used in "
          "an in-place operation.\n"
          "of what backward needs: one of the variables needed for gradient "
          "computation has been modified by an inplace operation"));
}

}  // namespace
}  // namespace toque
