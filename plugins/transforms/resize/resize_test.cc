#include <algorithm>
#include <utility>

#include "framework/core/transform.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::FloatNear;

using Size = std::pair<int64_t, int64_t>;

Size Resized(std::string_view options, Size size) {
  static const std::vector<uint8_t> pixels(187500);
  Example example;
  example.SetImage().View(pixels.data(),
                          PixelLayout::Planar(1, size.first, size.second));
  Rng rng(0);
  EXPECT_OK(
      MakeOrDie<Transform>("recipe.Resize", options)->Apply(example, rng));
  const Image& image = example.images[0][0];
  return {image.height(), image.width()};
}

// The levels of a row of pixels, resized.
std::vector<float> Written(std::string_view options,
                           const std::vector<uint8_t>& row) {
  Example example;
  example.SetImage().View(
      row.data(), PixelLayout::Planar(1, 1, static_cast<int64_t>(row.size())));
  Rng rng(0);
  EXPECT_OK(
      MakeOrDie<Transform>("recipe.Resize", options)->Apply(example, rng));
  std::vector<uint8_t> out(
      static_cast<size_t>(example.images[0][0].elements()));
  EXPECT_OK(
      example.images[0][0].Write(out.data(), {.type = PixelForm::kUint8}));
  return {out.begin(), out.end()};
}

// torchvision 0.26: tests/goldens/crops.py
TEST(ResizeTest, KeepsTheAspectAndRoundsTheLongSideDown) {
  EXPECT_EQ(Resized("size: 256", {375, 500}), Size(256, 341));
  EXPECT_EQ(Resized("size: 256", {500, 375}), Size(341, 256));
  EXPECT_EQ(Resized("size: 256", {333, 500}), Size(256, 384));
  EXPECT_EQ(Resized("size: 256", {101, 99}), Size(261, 256));
  EXPECT_EQ(Resized("size: 256", {1000, 3}), Size(85333, 256));
  EXPECT_EQ(Resized("size: 7", {375, 500}), Size(7, 9));
  EXPECT_EQ(Resized("size: 7", {333, 500}), Size(7, 10));
  EXPECT_EQ(Resized("size: 7", {101, 99}), Size(7, 7));
}

// torchvision 0.26: tests/goldens/crops.py
TEST(ResizeTest, KeepsTheLongSideWithinMaxSize) {
  EXPECT_EQ(Resized("size: 256 max_size: 300", {375, 500}), Size(225, 300));
  EXPECT_EQ(Resized("size: 256 max_size: 300", {500, 375}), Size(300, 225));
  EXPECT_EQ(Resized("size: 256 max_size: 300", {333, 500}), Size(200, 300));
  EXPECT_EQ(Resized("size: 256 max_size: 300", {101, 99}), Size(261, 256));
  EXPECT_EQ(Resized("size: 5 max_size: 6", {333, 500}), Size(4, 6));
}

// Where torchvision asks Pillow for no rows at all.
TEST(ResizeTest, LeavesOneRowAtLeast) {
  EXPECT_EQ(Resized("size: 5 max_size: 6", {1, 1000}), Size(1, 6));
  EXPECT_EQ(Resized("size: 5 max_size: 6", {1000, 3}), Size(6, 1));
}

TEST(ResizeTest, TakesBothSides) {
  EXPECT_EQ(Resized("height: 3 width: 70", {375, 500}), Size(3, 70));
}

TEST(ResizeTest, LeavesAnImageOfTheRightSizeAsItIs) {
  EXPECT_THAT(Written("size: 1", {51, 102, 255}), ElementsAre(51, 102, 255));
}

// With antialiasing the two pixels see one triangle each of 8 ones and 8
// zeros, cut at the border: below 1 and above 0 by what reaches over the edge.
// Without, they see the pixels 3, 4 and 11, 12 alone.
TEST(ResizeTest, AveragesPixelsUnlessToldNotTo) {
  std::vector<uint8_t> row(16, 255);
  std::fill(row.begin() + 8, row.end(), 0);
  EXPECT_THAT(Written("height: 1 width: 2 antialias: false", row),
              ElementsAre(255, 0));
  // Weights 1 - |x - 3.5| / 8 of x = 0..7 and of 8..11.
  const float inside = 2 * (4 - (0.5f + 1.5f + 2.5f + 3.5f) / 8);
  const float outside = 4 - (4.5f + 5.5f + 6.5f + 7.5f) / 8;
  const float level = 255 * inside / (inside + outside);
  EXPECT_THAT(Written("height: 1 width: 2", row),
              ElementsAre(FloatNear(level, 1), FloatNear(255 - level, 1)));
}

TEST(ResizeTest, TakesTheNearestPixel) {
  EXPECT_THAT(
      Written("height: 1 width: 2 filter: NEAREST", {51, 102, 153, 204}),
      ElementsAre(102, 204));
  EXPECT_THAT(Written("height: 2 width: 1 filter: NEAREST", {51}), Each(51));
}

TEST(ResizeTest, RefusesBadOptions) {
  const std::string either = "either size must be given, or height and width";
  EXPECT_THAT(Make<Transform>("recipe.Resize"), FailsWith(either));
  EXPECT_THAT(Make<Transform>("recipe.Resize", "height: 3"), FailsWith(either));
  EXPECT_THAT(Make<Transform>("recipe.Resize", "size: 3 width: 3"),
              FailsWith(either));
  EXPECT_THAT(Make<Transform>("recipe.Resize", "size: 0"),
              FailsWith("size must be from 1 to 65535, got 0"));
  EXPECT_THAT(Make<Transform>("recipe.Resize", "height: 3 width: 65536"),
              FailsWith("width must be from 1 to 65535, got 65536"));
  EXPECT_THAT(Make<Transform>("recipe.Resize", "size: 9 max_size: 9"),
              FailsWith("max_size must be from 10 to 65535, got 9"));
  EXPECT_THAT(
      Make<Transform>("recipe.Resize", "height: 3 width: 3 max_size: 9"),
      FailsWith("max_size must stand with size, not with height"));
}

}  // namespace
}  // namespace toque
