#include "framework/core/snippet.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

TEST(ItemTest, ReadsOneNumber) {
  Page page;
  MakeOrDie<Snippet>("snippet.Item")->Show(page);
  EXPECT_OK(page.fault());
  EXPECT_THAT(
      page.Text(),
      testing::AllOf(
          testing::StartsWith("sum of losses: 18, read once\n"),
          testing::HasSubstr("  float32 [] cpu, requires grad\n"),
          testing::HasSubstr(
              "  a Tensor with 2 elements cannot be converted to Scalar\n"),
          testing::HasSubstr(
              "  a Tensor with 0 elements cannot be converted to Scalar\n"),
          testing::HasSubstr("2.7 is cut\n  2\n"),
          testing::HasSubstr("  value cannot be converted to type uint8_t "
                             "without overflow\n")));
}

}  // namespace
}  // namespace toque
