#include "framework/shared/weight_average.h"

#include <cmath>

#include "ATen/ops/arange.h"
#include "ATen/ops/full.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

using testing::IsEmpty;

// Values of the tensor after update `t`.
at::Tensor Values(int64_t count, int64_t t) {
  return at::arange(count, at::kDouble).div(4).add(t).sin();
}

// A vector of `count` elements that follows Values.
class Course {
 public:
  explicit Course(int64_t count, at::ScalarType type = at::kFloat)
      : tensor_(Values(count, 0).to(type).requires_grad_(true)) {
    EXPECT_OK(average_.Follow({{"x", tensor_}}));
  }
  void Update(double share) {
    tensor_.detach().copy_(Values(tensor_.numel(), average_.updates()));
    average_.Update(share);
  }
  WeightAverage& average() { return average_; }
  at::Tensor Average() { return average_.Averages().at(0).second; }

 private:
  at::Tensor tensor_;
  WeightAverage average_;
};

// Of 100 elements a plain loop is used, of 10,000 an operator.
class WeightAverageTest : public testing::TestWithParam<int64_t> {};
INSTANTIATE_TEST_SUITE_P(Sizes, WeightAverageTest, testing::Values(100, 10000));

TEST_P(WeightAverageTest, IsTheWeightedSumOfWhatItFollowed) {
  Course course(GetParam());
  for (int i = 0; i < 5; ++i) course.Update(0.1);
  // With shares of 0.1 the first values keep 0.9^4, and those of update t get
  // 0.1 x 0.9^(4 - t).
  at::Tensor expected = Values(GetParam(), 0).mul(std::pow(0.9, 4));
  for (int t = 1; t < 5; ++t) {
    expected.add_(Values(GetParam(), t), 0.1 * std::pow(0.9, 4 - t));
  }
  EXPECT_TRUE(course.Average().to(at::kDouble).allclose(expected, 1e-5, 1e-6));
}

TEST_P(WeightAverageTest, IsTheMeanUnderSharesOfOneInSoMany) {
  Course course(GetParam());
  for (int t = 0; t < 4; ++t) course.Update(1.0 / (t + 1));
  at::Tensor expected = Values(GetParam(), 0);
  for (int t = 1; t < 4; ++t) expected.add_(Values(GetParam(), t));
  EXPECT_TRUE(
      course.Average().to(at::kDouble).allclose(expected.div(4), 1e-5, 1e-6));
}

TEST_P(WeightAverageTest, GoesOnBitForBitFromItsState) {
  Course whole(GetParam());
  for (int i = 0; i < 3; ++i) whole.Update(0.1);
  State state;
  whole.average().Save(&state);
  State saved;  // what a file would hold
  for (const auto& [name, tensor] : state.tensors()) {
    saved.Set(name, tensor.clone());
  }
  WeightAverage resumed;
  ASSERT_OK(resumed.Load(saved));
  const at::Tensor tensor = Values(GetParam(), 3).to(at::kFloat);
  ASSERT_OK(resumed.Follow({{"x", tensor}}));
  EXPECT_EQ(resumed.updates(), 3);
  whole.Update(0.1);
  resumed.Update(0.1);
  EXPECT_TRUE(resumed.Averages().at(0).second.equal(whole.Average()));
}

TEST(WeightAverageTypesTest, KeepsTheTypeOfWhatItFollows) {
  Course course(3, at::kDouble);
  course.Update(0.5);
  course.Update(0.5);
  EXPECT_TRUE(course.Average().allclose(Values(3, 0).add(Values(3, 1)).div(2),
                                        /*rtol=*/1e-15));
  EXPECT_FALSE(course.Average().requires_grad());
}

TEST(WeightAverageStateTest, HasNoAveragesBeforeTheFirstUpdate) {
  Course course(3);
  EXPECT_THAT(course.average().Averages(), IsEmpty());
  State state;
  course.average().Save(&state);
  EXPECT_FALSE(state.Has("average.x"));
}

TEST(WeightAverageStateTest, BeginsAnewWithoutAState) {
  WeightAverage average;
  ASSERT_OK(average.Load(State()));
  ASSERT_OK(average.Follow({{"x", at::full({2}, 3.0)}}));
  average.Update(0.1);
  EXPECT_TRUE(average.Averages().at(0).second.equal(at::full({2}, 3.0)));
}

TEST(WeightAverageStateTest, RefusesAveragesOfOtherTensors) {
  Course course(3);
  course.Update(0.1);
  State state;
  course.average().Save(&state);
  WeightAverage average;
  ASSERT_OK(average.Load(state));
  EXPECT_THAT(average.Follow({{"x", at::full({4}, 0.0)}}),
              FailsWith("\"average.x\" must have the shape"));
  EXPECT_THAT(average.Follow({{"y", at::full({3}, 0.0)}}),
              FailsWith("\"average.y\" is missing"));
}

}  // namespace
}  // namespace toque
