#include <sstream>

#include "c10/core/DefaultDtype.h"
#include "framework/core/snippet.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

TEST(DefaultDtypeTest, ShowsWhatFollowsTheDefaultAndRestoresIt) {
  std::ostringstream out;
  ASSERT_OK(MakeOrDie<Snippet>("snippet.DefaultDtype")->Show(out));
  EXPECT_EQ(out.str(),
            "made before: Float\n"
            "made after: Double\n"
            "integers: Long\n"
            "their quotient: Double\n"
            "tensor({0.5F}): Float\n"
            "1 + 1e-8 is more than 1: Float no, Double yes\n");
  EXPECT_EQ(c10::get_default_dtype_as_scalartype(), at::kFloat);
}

}  // namespace
}  // namespace toque
