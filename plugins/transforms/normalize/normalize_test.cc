#include <array>

#include "ATen/ops/allclose.h"
#include "ATen/ops/tensor.h"
#include "framework/core/transform.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

using testing::ElementsAre;
using testing::FloatNear;

absl::Status Apply(std::string_view options, Example& example) {
  Rng rng(0);
  return MakeOrDie<Transform>("recipe.Normalize", options)->Apply(example, rng);
}

TEST(NormalizeTest, ReadsBytesAsZeroToOneAndNormalisesEachChannel) {
  // Two channels of one pixel.
  const std::array<uint8_t, 2> pixels = {255, 51};
  Example example;
  example.SetImage().View(pixels.data(), PixelLayout::Planar(2, 1, 1));
  ASSERT_OK(Apply("mean: [ 0.5, 0.1 ] std: [ 0.25, 2 ]", example));
  std::array<float, 2> out;
  EXPECT_OK(example.images[0][0].Write(out.data()));
  EXPECT_THAT(out, ElementsAre(FloatNear(2, 1e-6), FloatNear(0.05, 1e-6)));
}

TEST(NormalizeTest, NormalisesEveryFrame) {
  const std::array<uint8_t, 2> pixels = {0, 255};
  Example example;
  example.SetImage();
  example.images[0].resize(2);
  for (size_t i = 0; i < 2; ++i) {
    example.images[0][i].View(&pixels[i], PixelLayout::Planar(1, 1, 1));
  }
  ASSERT_OK(Apply("mean: 0.5 std: 0.5", example));
  for (size_t i = 0; i < 2; ++i) {
    float out = 0;
    EXPECT_OK(example.images[0][i].Write(&out));
    EXPECT_FLOAT_EQ(out, i == 0 ? -1 : 1);
  }
}

TEST(NormalizeTest, NormalisesValuesAlongTheirFirstDimension) {
  Example example;
  example.values = at::tensor({1.0f, 2.0f, 3.0f, 4.0f}).view({2, 2});
  ASSERT_OK(Apply("mean: [ 1, 2 ] std: [ 2, 4 ]", example));
  EXPECT_TRUE(at::allclose(example.values,
                           at::tensor({0.0f, 0.5f, 0.25f, 0.5f}).view({2, 2})));
}

TEST(NormalizeTest, TakesOneMeanForAllChannels) {
  Example example;
  example.values = at::tensor({1.0f, 2.0f});
  ASSERT_OK(Apply("mean: 1 std: [ 1, 4 ]", example));
  EXPECT_TRUE(at::allclose(example.values, at::tensor({0.0f, 0.25f})));
}

TEST(NormalizeTest, LeavesTheMemoryOfTheDataSetAlone) {
  const at::Tensor kept = at::tensor({1.0f, 2.0f});
  Example example;
  example.values = kept;
  ASSERT_OK(Apply("mean: 1 std: 1", example));
  EXPECT_EQ(kept[0].item<float>(), 1);
}

TEST(NormalizeTest, RefusesExamplesOfAnotherNumberOfChannels) {
  const std::array<uint8_t, 3> pixels = {};
  Example example;
  example.SetImage().View(pixels.data(), PixelLayout::Planar(3, 1, 1));
  EXPECT_THAT(Apply("mean: [ 1, 2 ] std: 1", example),
              FailsWith("must have 1 or 3 values, as the image has channels, "
                        "got 2"));
  example.images.clear();
  example.values = at::tensor({1.0f, 2.0f, 3.0f});
  EXPECT_THAT(Apply("mean: 1 std: [ 1, 2 ]", example),
              FailsWith("must have 1 or 3 values, as the first dimension, "
                        "got 2"));
}

TEST(NormalizeTest, RefusesBadOptions) {
  EXPECT_THAT(Make<Transform>("recipe.Normalize", "std: 1"),
              FailsWith("mean must be given"));
  EXPECT_THAT(Make<Transform>("recipe.Normalize", "mean: 1"),
              FailsWith("std must be given"));
  EXPECT_THAT(Make<Transform>("recipe.Normalize", "mean: 1 std: [ 1, 0 ]"),
              FailsWith("std must be above 0, got 0"));
  EXPECT_THAT(Make<Transform>("recipe.Normalize", "mean: nan std: 1"),
              FailsWith("mean must be finite, got nan"));
}

}  // namespace
}  // namespace toque
