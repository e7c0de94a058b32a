#include "framework/tensors/describe.h"

#include <cmath>

#include "ATen/ops/arange.h"
#include "ATen/ops/empty.h"
#include "ATen/ops/scalar_tensor.h"
#include "ATen/ops/tensor.h"
#include "ATen/ops/zeros.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

TEST(DescribeTest, SaysTypeShapeAndDevice) {
  EXPECT_EQ(Describe(at::zeros({3, 4, 5})), "float32 [3, 4, 5] cpu");
  EXPECT_EQ(Describe(at::scalar_tensor(1, at::kLong)), "int64 [] cpu");
  EXPECT_EQ(Describe(at::zeros({0, 2}, at::kBool)), "bool [0, 2] cpu");
  EXPECT_EQ(Describe(at::empty({2}, at::Device(at::kMeta))),
            "float32 [2] meta");
}

TEST(DescribeTest, SaysWhetherItRequiresGradients) {
  EXPECT_EQ(Describe(at::zeros({2}).set_requires_grad(true)),
            "float32 [2] cpu, requires grad");
}

TEST(DescribeTest, SaysStridesOnlyWhereNotContiguous) {
  const at::Tensor x = at::zeros({3, 4}, at::kDouble);
  EXPECT_EQ(Describe(x.t()), "float64 [4, 3] cpu, strides [1, 4]");
  EXPECT_EQ(Describe(x.t().contiguous()), "float64 [4, 3] cpu");
  EXPECT_EQ(Describe(x.slice(1, 0, 4, 2).set_requires_grad(true)),
            "float64 [3, 2] cpu, strides [4, 2], requires grad");
}

TEST(DescribeTest, SaysALayoutThatIsNotDense) {
  EXPECT_EQ(Describe(at::zeros({2, 2}).to_sparse()),
            "float32 [2, 2] cpu, sparse");
}

TEST(DescribeTest, SaysTheNamesOfAxes) {
  const auto n = at::Dimname::fromSymbol(at::Symbol::dimname("N"));
  EXPECT_EQ(
      Describe(at::zeros({2, 3}).refine_names({n, at::Dimname::wildcard()})),
      "float32 [N=2, 3] cpu");
}

TEST(DescribeTest, ATensorThatIsNoneIsUndefined) {
  EXPECT_EQ(Describe(at::Tensor()), "undefined");
  EXPECT_EQ(TypeAndShape(at::Tensor()), "undefined");
}

TEST(TypeAndShapeTest, SaysNothingOfDeviceAndLayout) {
  EXPECT_EQ(TypeAndShape(at::zeros({3, 4}).t().set_requires_grad(true)),
            "float32 [4, 3]");
}

TEST(ValuesTextTest, HasABracketAnAxis) {
  EXPECT_EQ(ValuesText(at::arange(6).reshape({2, 3})),
            "[[0, 1, 2], [3, 4, 5]]");
  EXPECT_EQ(ValuesText(at::tensor({0.5, -2.0, std::nan("")})),
            "[0.5, -2, nan]");
  EXPECT_EQ(ValuesText(at::scalar_tensor(7, at::kByte)), "7");
  EXPECT_EQ(ValuesText(at::zeros({2}, at::kBool)), "[false, false]");
  EXPECT_EQ(ValuesText(at::zeros({2, 0})), "[[], []]");
}

}  // namespace
}  // namespace toque
