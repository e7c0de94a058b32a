#include <array>
#include <numeric>

#include "framework/core/transform.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

using testing::ElementsAre;
using testing::FloatEq;

// Levels of a picture that is written as bytes.
std::vector<int> Levels(const Image& image) {
  std::vector<uint8_t> out(static_cast<size_t>(image.elements()));
  EXPECT_OK(image.Write(out.data(), {.type = PixelForm::kUint8}));
  return {out.begin(), out.end()};
}

class TenCropTest : public testing::Test {
 protected:
  // 5 x 6 pixels that count from 1, in views and frames that begin 100 and 30
  // later.
  TenCropTest() : pixels_(250) {
    std::iota(pixels_.begin(), pixels_.end(), uint8_t{1});
  }

  void Fill(size_t views, size_t frames) {
    example_.SetImage();
    example_.images.resize(views);
    for (size_t view = 0; view < views; ++view) {
      example_.images[view].resize(frames);
      for (size_t frame = 0; frame < frames; ++frame) {
        example_.images[view][frame].View(&pixels_[view * 100 + frame * 30],
                                          PixelLayout::Planar(1, 5, 6));
      }
    }
  }

  absl::Status Apply(std::string_view options) {
    Rng rng(0);
    return MakeOrDie<Transform>("recipe.TenCrop", options)
        ->Apply(example_, rng);
  }

  std::vector<uint8_t> pixels_;
  Example example_;
};

// torchvision 0.26: tests/goldens/crops.py
TEST_F(TenCropTest, CutsAsTorchvision) {
  Fill(1, 1);
  ASSERT_OK(Apply("height: 2 width: 3"));
  const auto& views = example_.images;
  ASSERT_EQ(views.size(), 10u);
  EXPECT_THAT(Levels(views[0][0]), ElementsAre(1, 2, 3, 7, 8, 9));
  EXPECT_THAT(Levels(views[1][0]), ElementsAre(4, 5, 6, 10, 11, 12));
  EXPECT_THAT(Levels(views[2][0]), ElementsAre(19, 20, 21, 25, 26, 27));
  EXPECT_THAT(Levels(views[3][0]), ElementsAre(22, 23, 24, 28, 29, 30));
  EXPECT_THAT(Levels(views[4][0]), ElementsAre(15, 16, 17, 21, 22, 23));
  EXPECT_THAT(Levels(views[5][0]), ElementsAre(6, 5, 4, 12, 11, 10));
  EXPECT_THAT(Levels(views[6][0]), ElementsAre(3, 2, 1, 9, 8, 7));
  EXPECT_THAT(Levels(views[7][0]), ElementsAre(24, 23, 22, 30, 29, 28));
  EXPECT_THAT(Levels(views[8][0]), ElementsAre(21, 20, 19, 27, 26, 25));
  EXPECT_THAT(Levels(views[9][0]), ElementsAre(16, 15, 14, 22, 21, 20));
}

// torchvision 0.26: tests/goldens/crops.py
TEST_F(TenCropTest, MirrorsTopAndBottomIfTold) {
  Fill(1, 1);
  ASSERT_OK(Apply("height: 2 width: 3 vertical_flip: true"));
  const auto& views = example_.images;
  EXPECT_THAT(Levels(views[4][0]), ElementsAre(15, 16, 17, 21, 22, 23));
  EXPECT_THAT(Levels(views[5][0]), ElementsAre(25, 26, 27, 19, 20, 21));
  EXPECT_THAT(Levels(views[6][0]), ElementsAre(28, 29, 30, 22, 23, 24));
  EXPECT_THAT(Levels(views[7][0]), ElementsAre(7, 8, 9, 1, 2, 3));
  EXPECT_THAT(Levels(views[8][0]), ElementsAre(10, 11, 12, 4, 5, 6));
  EXPECT_THAT(Levels(views[9][0]), ElementsAre(15, 16, 17, 9, 10, 11));
}

TEST_F(TenCropTest, MakesTenViewsOfEachViewAndKeepsTheirFrames) {
  Fill(2, 3);
  ASSERT_OK(Apply("size: 1"));
  ASSERT_EQ(example_.images.size(), 20u);
  for (size_t view = 0; view < 20; ++view) {
    ASSERT_EQ(example_.images[view].size(), 3u);
    for (size_t frame = 0; frame < 3; ++frame) {
      const auto first = static_cast<int>(view / 10 * 100 + frame * 30);
      // The corners and the middle (row 2, column 2: half of 5 is even) of
      // the picture and of the mirrored one.
      const int expected[] = {1, 6, 25, 30, 15, 6, 1, 30, 25, 16};
      EXPECT_THAT(Levels(example_.images[view][frame]),
                  ElementsAre(first + expected[view % 10]));
    }
  }
}

TEST_F(TenCropTest, KeepsChannelsTogether) {
  example_.SetImage().View(pixels_.data(), PixelLayout::Interleaved(3, 2, 2));
  ASSERT_OK(Apply("size: 1"));
  EXPECT_THAT(Levels(example_.images[3][0]), ElementsAre(10, 11, 12));
  EXPECT_THAT(Levels(example_.images[5][0]), ElementsAre(4, 5, 6));
}

// A flip negates the x component, channel 0: 255 - 3, and keeps y.
TEST_F(TenCropTest, NegatesMirroredFlow) {
  const auto layout = PixelLayout::Interleaved(2, 1, 2);
  Image& image = example_.SetImage();
  image.View(pixels_.data(), layout);
  image.set_content(Content::kFlow);
  ASSERT_OK(Apply("size: 1"));
  std::array<float, 2> out;
  ASSERT_OK(example_.images[1][0].Write(out.data()));
  EXPECT_THAT(out, ElementsAre(FloatEq(3 / 255.0f), FloatEq(4 / 255.0f)));
  ASSERT_OK(example_.images[5][0].Write(out.data()));
  EXPECT_THAT(out, ElementsAre(FloatEq(252 / 255.0f), FloatEq(4 / 255.0f)));
  example_.SetImage().View(pixels_.data(), layout);
  example_.images[0][0].set_content(Content::kFlow);
  EXPECT_THAT(Apply("size: 1 vertical_flip: true"),
              FailsWith("vertical_flip must be false for optical flow"));
}

TEST_F(TenCropTest, RefusesASmallerImage) {
  Fill(1, 1);
  EXPECT_THAT(Apply("size: 6"),
              FailsWith("the image must be at least 6 x 6, got 5 x 6"));
}

TEST_F(TenCropTest, RefusesValuesAndBadOptions) {
  example_.Values(4);
  EXPECT_THAT(Apply("size: 2"),
              FailsWith("the example must hold images, got values"));
  EXPECT_THAT(Make<Transform>("recipe.TenCrop"),
              FailsWith("either size must be given, or height and width"));
  EXPECT_THAT(Make<Transform>("recipe.TenCrop", "size: 0"),
              FailsWith("size must be from 1 to 65535, got 0"));
}

}  // namespace
}  // namespace toque
