#include <sstream>

#include "framework/core/snippet.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

TEST(ExpandTest, ShowsStridesAndTheErrorOfAWriteInPlace) {
  std::ostringstream out;
  ASSERT_OK(MakeOrDie<Snippet>("snippet.Expand")->Show(out));
  EXPECT_THAT(out.str(),
              testing::HasSubstr(
                  "map: [64, 512, 7, 7], strides [512, 1, 0, 0]\n"
                  "map.mul_(2): unsupported operation: more than one element "
                  "of the written-to tensor refers to a single memory "
                  "location."));
  EXPECT_THAT(out.str(), testing::HasSubstr(
                             "map.contiguous(): strides [25088, 49, 7, 1]\n"));
}

}  // namespace
}  // namespace toque
