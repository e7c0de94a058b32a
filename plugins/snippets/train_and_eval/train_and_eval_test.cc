#include <sstream>

#include "framework/core/snippet.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

TEST(TrainAndEvalTest, ShowsTheFourCombinations) {
  std::ostringstream out;
  ASSERT_OK(MakeOrDie<Snippet>("snippet.TrainAndEval")->Show(out));
  EXPECT_EQ(out.str(),
            "mode   recorded  dropout  statistics  backward\n"
            "train  yes       on       move        yes\n"
            "train  no        on       move        no\n"
            "eval   yes       off      stay        yes\n"
            "eval   no        off      stay        no\n"
            "backward of what isn't recorded: element 0 of tensors does not "
            "require grad and does not have a grad_fn\n");
}

}  // namespace
}  // namespace toque
