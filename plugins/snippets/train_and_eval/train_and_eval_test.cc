#include "framework/core/snippet.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

TEST(TrainAndEvalTest, ShowsTheFourCombinations) {
  Page page;
  MakeOrDie<Snippet>("snippet.TrainAndEval")->Show(page);
  EXPECT_THAT(
      page.Text(),
      testing::StartsWith("mode   recorded  dropout  statistics  backward\n"
                          "train  yes       on       move        yes\n"));
  for (const char* row : {"\ntrain  no        on       move        no\n",
                          "\neval   yes       off      stay        yes\n",
                          "\neval   no        off      stay        no\n"}) {
    EXPECT_THAT(page.Text(), testing::HasSubstr(row));
  }
  EXPECT_THAT(page.Text(),
              testing::EndsWith(
                  "trap: there is no way back through what isn't recorded\n"
                  "  element 0 of tensors does not require grad and does not "
                  "have a grad_fn\n"));
}

}  // namespace
}  // namespace toque
