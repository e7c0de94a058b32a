#include "framework/core/snippet.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

TEST(OneHotTest, HasARowForEachLabelAndRefusesOthers) {
  Page page;
  MakeOrDie<Snippet>("snippet.OneHot")->Show(page);
  EXPECT_OK(page.fault());
  EXPECT_THAT(page.Text(),
              testing::StartsWith("labels: [4], one-hot: [4, 4] of Long\n"
                                  "0: 1 0 0 0\n"
                                  "2: 0 0 1 0\n"
                                  "1: 0 1 0 0\n"
                                  "3: 0 0 0 1\n"));
  EXPECT_THAT(
      page.Text(),
      testing::AllOf(
          testing::HasSubstr("Class values must be smaller than num_classes"),
          testing::HasSubstr("Class values must be non-negative"),
          testing::HasSubstr("only applicable to index tensor")));
}

}  // namespace
}  // namespace toque
