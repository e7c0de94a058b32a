#include "framework/core/snippet.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

TEST(ShuffleTogetherTest, KeepsInputsAndLabelsTogether) {
  Page page;
  MakeOrDie<Snippet>("snippet.ShuffleTogether")->Show(page);
  EXPECT_OK(page.fault());
  @ @SHUFFLE @ @
}

}  // namespace
}  // namespace toque
