#include "framework/core/snippet.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

using testing::HasSubstr;

class TrainAndEvalTest : public testing::Test {
 protected:
  TrainAndEvalTest() {
    Page page;
    MakeOrDie<Snippet>("snippet.TrainAndEval")->Show(page);
    EXPECT_OK(page.fault());
    text_ = page.Text();
  }
  std::string text_;
};

TEST_F(TrainAndEvalTest, ShowsTheFourCombinations) {
  EXPECT_THAT(text_, testing::StartsWith(
                         "mode   recorded  dropout  statistics  backward\n"
                         "train  yes       on       move        yes\n"));
  for (const char* row : {"\ntrain  no        on       move        no\n",
                          "\neval   yes       off      stay        yes\n",
                          "\neval   no        off      stay        no\n"}) {
    EXPECT_THAT(text_, HasSubstr(row));
  }
}

// By hand: a tenth of a mean of 1.
TEST_F(TrainAndEvalTest, ShowsNestedEvaluations) {
  EXPECT_THAT(
      text_,
      HasSubstr("holds: after a nested ModeScope it is eval mode\n"
                "trap: an evaluation that ends with train() spoils the one "
                "around it\n"
                "  its batch moved a mean from 0 to 0.1\n"
                "holds: after the outer one it is train mode\n"));
}

TEST_F(TrainAndEvalTest, ShowsTheTraps) {
  EXPECT_THAT(
      text_,
      HasSubstr("trap: without recording, train mode still moves statistics\n"
                "  a batch moved a mean from 0 to 0.1\n"
                "trap: train mode has no statistics of one example\n"
                "  norm: BatchNorm1d(4): input [1, 4]: input must have more "
                "than one value a channel in training, got [1, 4]\n"));
  EXPECT_THAT(text_,
              testing::EndsWith(
                  "trap: there is no way back through what isn't recorded\n"
                  "  element 0 of tensors does not require grad and does not "
                  "have a grad_fn\n"));
}

}  // namespace
}  // namespace toque
