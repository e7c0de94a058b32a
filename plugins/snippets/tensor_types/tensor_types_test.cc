#include "framework/core/snippet.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

TEST(TensorTypesTest, NamesEachTypeAndWhatIntegersCannotDo) {
  Page page;
  MakeOrDie<Snippet>("snippet.TensorTypes")->Show(page);
  EXPECT_OK(page.fault());
  EXPECT_THAT(
      page.Text(),
      testing::AllOf(
          testing::HasSubstr("float32: 4 bytes, at::kFloat\n"),
          testing::HasSubstr("bfloat16: 2 bytes, at::kBFloat16\n"),
          testing::HasSubstr("int8: 1 byte, at::kChar\n"),
          testing::HasSubstr("did you mean float32?\n"),
          testing::HasSubstr("C++'s int; Python's is int64\n  int32\n"),
          testing::HasSubstr("C++'s double; Python's is float32\n"
                             "  float64\n"),
          testing::HasSubstr("begins again at 0\n  [44, 44]\n"),
          testing::HasSubstr("Only Tensors of floating point and complex "
                             "dtype can require gradients\n")));
}

}  // namespace
}  // namespace toque
