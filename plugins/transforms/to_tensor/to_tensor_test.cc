#include <array>

#include "ATen/ops/arange.h"
#include "ATen/ops/empty.h"
#include "ATen/ops/equal.h"
#include "ATen/ops/tensor.h"
#include "framework/core/transform.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

absl::Status Apply(Example& example) {
  Rng rng(0);
  return MakeOrDie<Transform>("recipe.ToTensor")->Apply(example, rng);
}

at::Tensor Converted(const at::Tensor& values) {
  Example example;
  example.values = values;
  EXPECT_OK(Apply(example));
  return example.values;
}

TEST(ToTensorTest, PutsTheChannelsOfBytesFirstAndScalesThem) {
  const at::Tensor bytes = at::arange(24, at::kByte).view({2, 3, 4}).mul(10);
  const at::Tensor converted = Converted(bytes);
  ASSERT_EQ(converted.sizes(), (std::vector<int64_t>{4, 2, 3}));
  ASSERT_EQ(converted.scalar_type(), at::kFloat);
  EXPECT_TRUE(converted.is_contiguous());
  for (int64_t c = 0; c < 4; ++c) {
    for (int64_t y = 0; y < 2; ++y) {
      for (int64_t x = 0; x < 3; ++x) {
        EXPECT_EQ(converted[c][y][x].item<float>(),
                  static_cast<float>((y * 12 + x * 4 + c) * 10) / 255);
      }
    }
  }
}

// All 256 levels come back, by truncation as recipe R16 does it.
TEST(ToTensorTest, IsTheInverseOfRecipeR16) {
  const at::Tensor bytes = at::arange(256, at::kByte).view({16, 16});
  const at::Tensor back = Converted(bytes).mul(255).to(at::kByte);
  EXPECT_TRUE(at::equal(back[0], bytes));
}

TEST(ToTensorTest, GivesAGreyPictureItsChannel) {
  const at::Tensor converted =
      Converted(at::tensor({0, 51, 255}, at::kByte).view({1, 3}));
  EXPECT_TRUE(
      at::equal(converted, at::tensor({0.0f, 0.2f, 1.0f}).view({1, 1, 3})));
}

TEST(ToTensorTest, KeepsNumbersOfOtherTypes) {
  const at::Tensor floats = at::tensor({1.0f, 255.0f}).view({1, 1, 2});
  EXPECT_TRUE(at::equal(Converted(floats), floats.view({2, 1, 1})));
  const at::Tensor longs = at::tensor({3, 7}, at::kLong).view({1, 2});
  EXPECT_TRUE(at::equal(Converted(longs), longs.view({1, 1, 2})));
}

TEST(ToTensorTest, TakesAPictureWithoutRows) {
  EXPECT_EQ(Converted(at::empty({0, 4, 3}, at::kByte)).sizes(),
            (std::vector<int64_t>{3, 0, 4}));
}

TEST(ToTensorTest, LeavesTheMemoryOfTheDataSetAlone) {
  const at::Tensor kept = at::tensor({10, 20}, at::kByte).view({1, 2});
  Converted(kept);
  EXPECT_TRUE(at::equal(kept, at::tensor({10, 20}, at::kByte).view({1, 2})));
}

TEST(ToTensorTest, ChangesNothingOfAnImage) {
  const std::array<uint8_t, 3> pixels = {0, 51, 255};
  Example example;
  example.SetImage().View(pixels.data(), PixelLayout::Interleaved(3, 1, 1));
  ASSERT_OK(Apply(example));
  std::array<float, 3> out;
  ASSERT_OK(example.images[0][0].Write(out.data()));
  EXPECT_THAT(out, testing::ElementsAre(0, testing::FloatEq(0.2f), 1));
}

TEST(ToTensorTest, RefusesValuesThatAreNoPicture) {
  Example example;
  example.Values(4);
  EXPECT_THAT(Apply(example), FailsWith("values must have 2 or 3 dimensions, "
                                        "[height, width] or [height, width, "
                                        "channels], got 1"));
}

}  // namespace
}  // namespace toque
