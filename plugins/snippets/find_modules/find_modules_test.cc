#include "framework/core/snippet.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

TEST(FindModulesTest, ListsConvolutionsByPath) {
  Page page;
  MakeOrDie<Snippet>("snippet.FindModules")->Show(page);
  EXPECT_OK(page.fault());
  EXPECT_THAT(page.Text(),
              testing::StartsWith("stem.0: Conv2d(1, 8, kernel 3x3)\n"
                                  "body.0: Conv2d(8, 8, kernel 3x3)\n"
                                  "holds: "));
  EXPECT_THAT(page.Text(),
              testing::HasSubstr(
                  "Submodule name must not contain a dot (got 'stem.0')"));
}

}  // namespace
}  // namespace toque
