#include "framework/tensors/collate.h"

#include "ATen/ops/arange.h"
#include "ATen/ops/tensor.h"
#include "ATen/ops/zeros.h"
#include "framework/testing/tensor_matchers.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

// 1, 2, ... in rows of two.
at::Tensor Rows(int64_t rows) {
  return at::arange(1, 2 * rows + 1).view({rows, 2});
}

TEST(CollateTest, CatJoinsAndStackAddsAnAxis) {
  const std::vector<at::Tensor> examples(3, at::zeros({10, 5}));
  EXPECT_THAT(*Cat(examples), TensorEq(at::zeros({30, 5})));
  EXPECT_THAT(*Stack(examples), TensorEq(at::zeros({3, 10, 5})));
  EXPECT_THAT(*Cat({Rows(1), Rows(2)}),
              TensorEq(at::tensor({1, 2, 1, 2, 3, 4}, at::kLong).view({3, 2})));
}

TEST(CollateTest, PadStackFillsTheEndsOfTheShorter) {
  const auto batch = PadStack({Rows(2), Rows(1), Rows(3)}, -1);
  ASSERT_OK(batch);
  EXPECT_THAT(batch->values, TensorEq(at::tensor({1, 2, 3, 4, -1, -1,    //
                                                  1, 2, -1, -1, -1, -1,  //
                                                  1, 2, 3, 4, 5, 6},
                                                 at::kLong)
                                          .view({3, 3, 2})));
  EXPECT_THAT(batch->lengths, TensorEq(at::tensor({2, 1, 3}, at::kLong)));
}

TEST(CollateTest, PadStackTakesSequencesOfNumbersAndEmptyOnes) {
  const auto batch = PadStack({at::zeros({0}), at::tensor({1.5f, 2.5f})}, 0.25);
  ASSERT_OK(batch);
  EXPECT_THAT(batch->values,
              TensorEq(at::tensor({0.25f, 0.25f, 1.5f, 2.5f}).view({2, 2})));
  EXPECT_THAT(batch->lengths, TensorEq(at::tensor({0, 2}, at::kLong)));
}

TEST(CollateTest, NamesTheExampleThatDoesNotFit) {
  const at::Tensor x = at::zeros({10, 5});
  EXPECT_THAT(Cat({x, x, at::zeros({9, 4})}),
              FailsWith("examples[2] must have shape [*, 5], got [9, 4]"));
  EXPECT_THAT(Stack({x, at::zeros({9, 5})}),
              FailsWith("examples[1] must have shape [10, 5], got [9, 5]"));
  EXPECT_THAT(PadStack({x, at::zeros({10})}),
              FailsWith("examples[1] must have shape [*, 5], got [10]"));
  EXPECT_THAT(Stack({x, x.to(at::kLong)}),
              FailsWith("examples[1] must be float32, got int64"));
}

TEST(CollateTest, WantsAnExampleAndAnAxisToJoinAlong) {
  EXPECT_THAT(Stack({}), FailsWith("there must be an example"));
  EXPECT_THAT(Cat({at::zeros({})}), FailsWith("examples must have an axis"));
  EXPECT_OK(Stack({at::zeros({}), at::zeros({})}));
}

}  // namespace
}  // namespace toque
