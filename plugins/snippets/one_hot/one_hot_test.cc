#include "framework/core/snippet.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

TEST(OneHotTest, HasARowForEachLabelAndRefusesOthers) {
  Page page;
  MakeOrDie<Snippet>("snippet.OneHot")->Show(page);
  EXPECT_OK(page.fault());
  EXPECT_THAT(page.Text(),
              testing::StartsWith("labels: [0, 2, 1, 3]\n"
                                  "one-hot: int64 [4, 4] cpu, [[1, 0, 0, 0], "
                                  "[0, 0, 1, 0], [0, 1, 0, 0], "
                                  "[0, 0, 0, 1]]\n"));
  EXPECT_THAT(
      page.Text(),
      testing::AllOf(
          testing::HasSubstr("Class values must be smaller than num_classes"),
          testing::HasSubstr("Class values must be non-negative"),
          testing::HasSubstr("only applicable to index tensor")));
}

}  // namespace
}  // namespace toque
