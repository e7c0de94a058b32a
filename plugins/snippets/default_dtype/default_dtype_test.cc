#include "c10/core/DefaultDtype.h"
#include "framework/core/snippet.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

TEST(DefaultDtypeTest, ShowsWhatFollowsTheDefaultAndRestoresIt) {
  Page page;
  MakeOrDie<Snippet>("snippet.DefaultDtype")->Show(page);
  EXPECT_EQ(page.Text(),
            "made before: Float\n"
            "made after: Double\n"
            "holds: what is made from now on has the default type\n"
            "integers: Long\n"
            "their quotient: Double\n"
            "holds: integers stay, and their quotients have it\n"
            "holds: 1 + 1e-8 is more than 1\n"
            "trap: in Float it is not\n"
            "  1 + 1e-8 is 1\n"
            "trap: at::tensor has the type of the numbers in the source\n"
            "  at::tensor({0.5F}) is Float all the same\n");
  EXPECT_EQ(c10::get_default_dtype_as_scalartype(), at::kFloat);
}

}  // namespace
}  // namespace toque
