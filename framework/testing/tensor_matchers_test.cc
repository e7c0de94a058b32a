#include "framework/testing/tensor_matchers.h"

#include <limits>

#include "ATen/ops/tensor.h"
#include "ATen/ops/zeros.h"
#include "gtest/gtest.h"

namespace toque {
namespace {

using testing::Not;

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

// What a matcher says of a tensor that it refuses.
std::string Explained(const AllClose& matcher, const at::Tensor& got) {
  std::ostringstream out;
  EXPECT_FALSE(matcher.MatchAndExplain(got, &out));
  return out.str();
}

TEST(TensorMatchersTest, TellTheFirstElementThatDiffersAndHowMany) {
  const at::Tensor expected = at::tensor({1, 2, 3, 4, 5, 6}).view({2, 3});
  at::Tensor got = expected.clone();
  got[0][2] = 7;
  got[1][1] = -5;
  EXPECT_EQ(Explained(TensorEq(expected), got),
            "2 of 6 elements differ, first at [0, 2]: got 7, expected 3");
}

TEST(TensorMatchersTest, SayTheNumbersOfFloatsInFull) {
  EXPECT_EQ(
      Explained(AllClose(at::tensor({0.5f, 0.25f})), at::tensor({0.5f, 0.75f})),
      "1 of 2 elements differ, first at [1]: got 0.75, expected 0.25");
  EXPECT_EQ(Explained(AllClose(at::tensor(1.0)), at::tensor(1.0001)),
            "1 of 1 elements differ, first at [0]: got 1.0001, expected 1");
}

TEST(TensorMatchersTest, CompareTypesAndShapesFirst) {
  EXPECT_EQ(Explained(AllClose(at::zeros({3, 2})), at::zeros({2, 3})),
            "is float32 [2, 3], expected float32 [3, 2]");
  EXPECT_EQ(Explained(TensorEq(at::zeros({2}, at::kLong)), at::zeros({2})),
            "is float32 [2], expected int64 [2]");
  // at::allclose would broadcast.
  EXPECT_THAT(at::zeros({2, 1}), Not(AllClose(at::zeros({2}))));
  EXPECT_EQ(Explained(TensorEq(at::zeros({2})), at::Tensor()),
            "is undefined, expected float32 [2]");
  EXPECT_THAT(at::Tensor(), TensorEq(at::Tensor()));
}

// The tolerance is of the expected value: |1.1 - 1| is within 0.1 x 1, or
// |1 - 1.1| within 0.1 x 1.1.
TEST(TensorMatchersTest, ToleranceGrowsWithTheExpectedValue) {
  const auto close = [](double got, double expected, double rtol, double atol) {
    return Difference(at::tensor(got), at::tensor(expected), rtol, atol)
        .empty();
  };
  EXPECT_TRUE(close(1, 1.1, 0.095, 0));
  EXPECT_FALSE(close(1.1, 1, 0.095, 0));
  EXPECT_TRUE(close(1e-9, 0, 1e-5, 1e-8));
  EXPECT_FALSE(close(1e-7, 0, 1e-5, 1e-8));
}

TEST(TensorMatchersTest, NaNEqualsNothing) {
  const at::Tensor nan = at::tensor({0.0f, kNan});
  EXPECT_EQ(Explained(TensorEq(nan), nan),
            "1 of 2 elements differ, first at [1]: got nan, expected nan");
  EXPECT_THAT(nan, Not(AllClose(nan)));
}

TEST(TensorMatchersTest, AnInfinityIsCloseToItselfAlone) {
  const at::Tensor infinite = at::tensor(kInfinity);
  EXPECT_THAT(infinite, AllClose(infinite));
  EXPECT_THAT(infinite, TensorEq(infinite));
  EXPECT_THAT(at::tensor(-kInfinity), Not(AllClose(infinite)));
  EXPECT_THAT(at::tensor(3e38f), Not(AllClose(infinite)));
}

TEST(TensorMatchersTest, TakeWhatHasNoElementsAndWhatHasGradients) {
  EXPECT_THAT(at::zeros({0, 3}), TensorEq(at::zeros({0, 3})));
  EXPECT_THAT(at::zeros({0, 3}), Not(TensorEq(at::zeros({0, 2}))));
  EXPECT_THAT(at::zeros({2}).requires_grad_(), TensorEq(at::zeros({2})));
  EXPECT_THAT(at::zeros({2}, at::kBool), TensorEq(at::zeros({2}, at::kBool)));
  EXPECT_EQ(Explained(TensorEq(at::zeros({})), at::zeros({}).add(2)),
            "1 of 1 elements differ, first at []: got 2, expected 0");
}

TEST(TensorMatchersTest, DescribeWhatTheyWant) {
  std::ostringstream out;
  AllClose(at::zeros({2}), 0.5, 0.25).DescribeTo(&out);
  EXPECT_EQ(out.str(),
            "float32 [2] within 0.25 + 0.5 |expected| of the expected values");
}

}  // namespace
}  // namespace toque
