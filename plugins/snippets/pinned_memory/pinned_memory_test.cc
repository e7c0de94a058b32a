#include "ATen/Context.h"
#include "framework/core/snippet.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

class PinnedMemoryTest : public testing::Test {
 protected:
  std::string Shown() const {
    Page page;
    MakeOrDie<Snippet>("snippet.PinnedMemory")->Show(page);
    EXPECT_OK(page.fault());
    return page.Text();
  }
};

TEST_F(PinnedMemoryTest, ShowsTheErrorWhereThereIsNoGpu) {
  if (at::globalContext().hasCUDA()) GTEST_SKIP() << "there is a GPU";
  EXPECT_THAT(Shown(), testing::StartsWith(
                           "holds: memory is pinned only where it is asked "
                           "for\n"
                           "trap: there is none without a GPU\n"
                           "  pin_memory=True requires a CUDA or other "
                           "accelerator backend"));
}

TEST_F(PinnedMemoryTest, ShowsTheCopyWhereThereIsAGpu) {
  if (!at::globalContext().hasCUDA()) GTEST_SKIP() << "there is no GPU";
  EXPECT_EQ(Shown(),
            "holds: memory is pinned only where it is asked for\n"
            "holds: a batch is made in pinned memory\n"
            "holds: a clone of it is not\n"
            "holds: once awaited, the copy is the batch\n");
}

}  // namespace
}  // namespace toque
