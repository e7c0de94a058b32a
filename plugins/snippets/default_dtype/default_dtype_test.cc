#include "c10/core/DefaultDtype.h"
#include "framework/core/snippet.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

TEST(DefaultDtypeTest, ShowsWhatFollowsTheDefaultAndRestoresIt) {
  Page page;
  MakeOrDie<Snippet>("snippet.DefaultDtype")->Show(page);
  EXPECT_EQ(page.Text(),
            "made before: float32\n"
            "made after: float64\n"
            "holds: what is made from now on has the default type\n"
            "integers: int64\n"
            "their halves: float64\n"
            "holds: integers stay, and their quotients have it\n"
            "holds: 1 + 1e-8 is more than 1\n"
            "trap: in float32 it is not\n"
            "  1 + 1e-8 - 1 is 0\n"
            "trap: at::tensor({0.5F}) has the type of the number in the "
            "source\n"
            "  float32\n");
  EXPECT_EQ(c10::get_default_dtype_as_scalartype(), at::kFloat);
}

}  // namespace
}  // namespace toque
