#include "framework/shared/small_tensor.h"

#include <cmath>
#include <limits>

#include "ATen/ops/arange.h"
#include "ATen/ops/full.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// What goes through a loop, and what through an operator: too many elements,
// another type, another layout.
enum class Form { kSmall, kLarge, kDouble, kTransposed };

class SmallTensorTest : public testing::TestWithParam<Form> {
 protected:
  // 1, 2, 3, ...
  at::Tensor Counting() const {
    const auto type = GetParam() == Form::kDouble ? at::kDouble : at::kFloat;
    const int64_t rows = GetParam() == Form::kLarge ? 3000 : 3;
    const at::Tensor matrix = at::arange(1, 3 * rows + 1, type).view({rows, 3});
    return GetParam() == Form::kTransposed ? matrix.t() : matrix;
  }
};
INSTANTIATE_TEST_SUITE_P(Forms, SmallTensorTest,
                         testing::Values(Form::kSmall, Form::kLarge,
                                         Form::kDouble, Form::kTransposed));

// 1 + 4 + ... + n^2 = n (n + 1) (2n + 1) / 6.
TEST_P(SmallTensorTest, NormIsThatOfItsElements) {
  const auto n = static_cast<double>(Counting().numel());
  const double squares = n * (n + 1) * (2 * n + 1) / 6;
  EXPECT_NEAR(Norm(Counting(), 2) / std::sqrt(squares), 1, 1e-6);
  // An operator adds in the tensor's own type.
  EXPECT_NEAR(Norm(Counting().neg(), 1) / (n * (n + 1) / 2), 1, 1e-4);
  EXPECT_EQ(Norm(Counting().neg(), kInfinity), n);
}

TEST_P(SmallTensorTest, NormIsNotFiniteWhereAnElementIsNot) {
  const at::Tensor tensor = Counting();
  tensor[0][2].fill_(-kInfinity);
  EXPECT_EQ(Norm(tensor, 2), kInfinity);
  tensor[0][0].fill_(std::nan(""));
  EXPECT_TRUE(std::isnan(Norm(tensor, 2)));
}

TEST_P(SmallTensorTest, ScaleMultipliesEachElement) {
  const at::Tensor tensor = Counting();
  Scale(tensor, -0.5);
  EXPECT_TRUE(tensor.equal(Counting().div(-2)));
}

TEST_P(SmallTensorTest, MoveTowardsGoesAShareOfTheWay) {
  const at::Tensor tensor = Counting();
  MoveTowards(tensor, Counting().add(8), 0.25);
  EXPECT_TRUE(tensor.equal(Counting().add(2)));
  const at::Tensor end = Counting().sin();
  MoveTowards(tensor, end, 1);
  EXPECT_TRUE(tensor.equal(end));
}

TEST(SmallTensorNormTest, DoesNotOverflowBetween) {
  const at::Tensor huge = at::full({7}, 1e30, at::kFloat);
  EXPECT_NEAR(Norm(huge, 2) / 1e30, std::sqrt(7), 1e-6);
}

TEST(SmallTensorNormTest, OfNothingIs0) {
  EXPECT_EQ(Norm(at::full({0}, 1.0, at::kFloat), 2), 0);
}

}  // namespace
}  // namespace toque
