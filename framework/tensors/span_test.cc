#include "framework/tensors/span.h"

#include <numeric>

#include "ATen/ops/arange.h"
#include "ATen/ops/empty.h"
#include "ATen/ops/zeros.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

using testing::ElementsAre;

TEST(SpanTest, AWriteToEitherIsSeenInBoth) {
  at::Tensor x = at::zeros({2, 2});
  const absl::StatusOr<absl::Span<float>> numbers = AsSpan<float>(x);
  ASSERT_OK(numbers);
  (*numbers)[2] = 5;
  EXPECT_EQ(x[1][0].item<float>(), 5);
  x[0][1] = 7;
  EXPECT_THAT(*numbers, ElementsAre(0, 7, 5, 0));
}

TEST(SpanTest, HasTheRangeOfAViewAlone) {
  const at::Tensor rows = at::arange(6, at::kShort).reshape({3, 2});
  const absl::StatusOr<absl::Span<const int16_t>> numbers =
      AsSpan<const int16_t>(rows.slice(0, 1, 3));
  ASSERT_OK(numbers);
  EXPECT_THAT(*numbers, ElementsAre(2, 3, 4, 5));
}

TEST(SpanTest, ServesEachTypeOfElements) {
  EXPECT_OK(AsSpan<int8_t>(at::zeros({2}, at::kChar)));
  EXPECT_OK(AsSpan<bool>(at::zeros({2}, at::kBool)));
  EXPECT_OK(AsSpan<at::BFloat16>(at::zeros({2}, at::kBFloat16)));
  EXPECT_OK(AsSpan<float>(at::zeros({0})));
}

TEST(SpanTest, AnotherTypeIsAnErrorThatNamesBoth) {
  EXPECT_THAT(AsSpan<double>(at::zeros({3})),
              FailsWith("a span of float64 needs a tensor of that type, got "
                        "float32 [3] cpu"));
  EXPECT_THAT(AsSpan<float>(at::Tensor()), FailsWith("got undefined"));
}

TEST(SpanTest, GapsAreAnErrorThatNamesTheStrides) {
  EXPECT_THAT(AsSpan<float>(at::zeros({3, 4}).t()),
              FailsWith("a span needs a tensor that is contiguous, got float32 "
                        "[4, 3] cpu, strides [1, 4]"));
  EXPECT_THAT(AsSpan<float>(at::zeros({2, 2}).to_sparse()),
              FailsWith("contiguous, got float32 [2, 2] cpu, sparse"));
}

TEST(SpanTest, AnotherDeviceIsAnError) {
  EXPECT_THAT(AsSpan<float>(at::empty({2}, at::Device(at::kMeta))),
              FailsWith("a span needs a tensor on the CPU, got float32 [2] "
                        "meta"));
}

TEST(SpanTest, WhatRequiresGradientsCanBeReadAlone) {
  const at::Tensor x = at::zeros({2}).set_requires_grad(true);
  EXPECT_THAT(AsSpan<float>(x), FailsWith("requires no gradients, as detach() "
                                          "gives, got float32 [2] cpu, "
                                          "requires grad"));
  EXPECT_OK(AsSpan<const float>(x));
  EXPECT_OK(AsSpan<float>(x.detach()));
}

TEST(FromSpanTest, SharesTheMemoryOfTheNumbers) {
  std::vector<double> numbers = {1, 2, 3, 4, 5, 6};
  const absl::StatusOr<at::Tensor> x =
      FromSpan(absl::MakeSpan(numbers), {2, 3}, nullptr);
  ASSERT_OK(x);
  EXPECT_EQ(x->const_data_ptr(), numbers.data());
  EXPECT_EQ((*x)[1][2].item<double>(), 6);
  (*x)[0][0] = -1;
  EXPECT_EQ(numbers[0], -1);
}

TEST(FromSpanTest, KeepsTheOwnerAsLongAsAnyViewLives) {
  auto owner = std::make_shared<std::vector<int64_t>>(4);
  std::iota(owner->begin(), owner->end(), 1);
  const std::weak_ptr<std::vector<int64_t>> watch = owner;
  at::Tensor view;
  {
    const absl::StatusOr<at::Tensor> x =
        FromSpan(absl::MakeSpan(*owner), {2, 2}, owner);
    ASSERT_OK(x);
    view = x->select(0, 1);
  }
  owner.reset();
  EXPECT_FALSE(watch.expired());
  EXPECT_EQ(view.sum().item<int64_t>(), 3 + 4);
  view = at::Tensor();
  EXPECT_TRUE(watch.expired());
}

TEST(FromSpanTest, AShapeOfOtherSizeIsAnError) {
  std::vector<float> numbers(4);
  const absl::Span<float> span = absl::MakeSpan(numbers);
  EXPECT_THAT(FromSpan(span, {2, 3}, nullptr),
              FailsWith("a shape needs as many elements as there are numbers, "
                        "4, got [2, 3]"));
  EXPECT_THAT(FromSpan(span, {-2, -2}, nullptr), FailsWith("got [-2, -2]"));
  // 2^62 * 2^62 * 4 is 0 where it overflows.
  EXPECT_THAT(FromSpan(absl::Span<float>(),
                       {int64_t{1} << 62, int64_t{1} << 62, 4}, nullptr),
              FailsWith("there are numbers, 0"));
}

TEST(FromVectorTest, TheTensorOwnsTheNumbers) {
  const absl::StatusOr<at::Tensor> x =
      FromVector<uint8_t>({1, 2, 3, 4, 5, 6}, {3, 2});
  ASSERT_OK(x);
  EXPECT_EQ(x->scalar_type(), at::kByte);
  EXPECT_EQ((*x)[2][1].item<uint8_t>(), 6);
  EXPECT_OK(FromVector<float>({}, {0, 3}));
  EXPECT_THAT(FromVector<float>({1}, {}), IsOk());
}

}  // namespace
}  // namespace toque
