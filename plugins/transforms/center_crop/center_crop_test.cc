#include <numeric>

#include "framework/core/transform.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

struct Sides {
  int64_t height, width;
  bool operator==(const Sides&) const = default;
};

struct Corner {
  int64_t top, left;
  bool operator==(const Corner&) const = default;
};

absl::Status Crop(std::string_view options, Sides picture, Example& example) {
  static std::vector<float> pixels(200);
  std::iota(pixels.begin(), pixels.end(), 1.0f);
  example.SetImage().View(
      pixels.data(), PixelLayout::Planar(1, picture.height, picture.width));
  Rng rng(0);
  return MakeOrDie<Transform>("recipe.CenterCrop", options)
      ->Apply(example, rng);
}

// The place in the picture of the crop's first pixel. Pixels count from 1, and
// padding is 0.
Corner CornerOf(Sides crop, Sides picture) {
  Example example;
  EXPECT_OK(Crop(absl::StrCat("height: ", crop.height, " width: ", crop.width),
                 picture, example));
  const Image& image = example.images[0][0];
  EXPECT_EQ((Sides{image.height(), image.width()}), crop);
  std::vector<float> out(static_cast<size_t>(image.elements()));
  EXPECT_OK(image.Write(out.data()));
  size_t first = 0;
  while (out[first] == 0) ++first;
  const int64_t value = static_cast<int64_t>(out[first]) - 1;
  const auto place = static_cast<int64_t>(first);
  return {value / picture.width - place / crop.width,
          value % picture.width - place % crop.width};
}

// torchvision 0.26: tests/goldens/crops.py
TEST(CenterCropTest, RoundsOffsetsAsTorchvision) {
  EXPECT_EQ(CornerOf({4, 4}, {7, 9}), (Corner{2, 2}));
  EXPECT_EQ(CornerOf({4, 4}, {8, 10}), (Corner{2, 3}));
  EXPECT_EQ(CornerOf({4, 4}, {6, 11}), (Corner{1, 4}));
  EXPECT_EQ(CornerOf({5, 4}, {7, 9}), (Corner{1, 2}));
  EXPECT_EQ(CornerOf({5, 4}, {8, 10}), (Corner{2, 3}));
  EXPECT_EQ(CornerOf({5, 4}, {6, 11}), (Corner{0, 4}));
  EXPECT_EQ(CornerOf({4, 5}, {8, 10}), (Corner{2, 2}));
  EXPECT_EQ(CornerOf({4, 5}, {6, 11}), (Corner{1, 3}));
}

// torchvision 0.26: tests/goldens/crops.py
TEST(CenterCropTest, PadsAsTorchvision) {
  EXPECT_EQ(CornerOf({9, 3}, {7, 9}), (Corner{-1, 3}));
  EXPECT_EQ(CornerOf({9, 3}, {8, 10}), (Corner{0, 4}));
  EXPECT_EQ(CornerOf({9, 3}, {6, 11}), (Corner{-1, 4}));
  EXPECT_EQ(CornerOf({3, 12}, {7, 9}), (Corner{2, -1}));
  EXPECT_EQ(CornerOf({3, 12}, {6, 11}), (Corner{2, 0}));
  EXPECT_EQ(CornerOf({12, 13}, {7, 9}), (Corner{-2, -2}));
  EXPECT_EQ(CornerOf({12, 13}, {8, 10}), (Corner{-2, -1}));
  EXPECT_EQ(CornerOf({12, 13}, {6, 11}), (Corner{-3, -1}));
}

TEST(CenterCropTest, LeavesAnImageOfTheRightSizeAsItIs) {
  EXPECT_EQ(CornerOf({7, 9}, {7, 9}), (Corner{0, 0}));
}

TEST(CenterCropTest, RefusesASmallImageIfTold) {
  Example example;
  EXPECT_OK(Crop("size: 4 small: REFUSE", {4, 9}, example));
  EXPECT_THAT(Crop("size: 4 small: REFUSE", {3, 9}, example),
              FailsWith("the image must be at least 4 x 4, got 3 x 9"));
  EXPECT_THAT(Crop("size: 4 small: REFUSE", {9, 3}, example),
              FailsWith("the image must be at least 4 x 4, got 9 x 3"));
}

TEST(CenterCropTest, RefusesBadOptions) {
  EXPECT_THAT(Make<Transform>("recipe.CenterCrop"),
              FailsWith("either size must be given, or height and width"));
  EXPECT_THAT(Make<Transform>("recipe.CenterCrop", "size: 0"),
              FailsWith("size must be from 1 to 65535, got 0"));
}

}  // namespace
}  // namespace toque
