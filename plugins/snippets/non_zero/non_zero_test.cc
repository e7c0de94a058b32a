#include <sstream>

#include "framework/core/snippet.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

TEST(NonZeroTest, ShowsBothSetsOfIndicesAndAScalar) {
  std::ostringstream out;
  ASSERT_OK(MakeOrDie<Snippet>("snippet.NonZero")->Show(out));
  EXPECT_EQ(out.str(),
            "not zero: 3 at (0, 1) (1, 0) (2, 1)\n"
            "zero: 3 at (0, 0) (1, 1) (2, 0)\n"
            "indices in a scalar of 3: [1, 0], of 0: [0, 0]\n");
}

}  // namespace
}  // namespace toque
