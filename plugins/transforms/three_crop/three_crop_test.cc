#include <numeric>

#include "framework/core/transform.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

using testing::ElementsAre;

// Levels of a picture that is written as bytes.
std::vector<int> Levels(const Image& image) {
  std::vector<uint8_t> out(static_cast<size_t>(image.elements()));
  EXPECT_OK(image.Write(out.data(), {.type = PixelForm::kUint8}));
  return {out.begin(), out.end()};
}

class ThreeCropTest : public testing::Test {
 protected:
  // Pixels that count from 1, in views and frames that begin 100 and 30 later.
  ThreeCropTest() : pixels_(250) {
    std::iota(pixels_.begin(), pixels_.end(), uint8_t{1});
  }

  void Fill(int64_t height, int64_t width, size_t views = 1,
            size_t frames = 1) {
    example_.SetImage();
    example_.images.resize(views);
    for (size_t view = 0; view < views; ++view) {
      example_.images[view].resize(frames);
      for (size_t frame = 0; frame < frames; ++frame) {
        example_.images[view][frame].View(
            &pixels_[view * 100 + frame * 30],
            PixelLayout::Planar(1, height, width));
      }
    }
  }

  absl::Status Apply(std::string_view options) {
    Rng rng(0);
    return MakeOrDie<Transform>("recipe.ThreeCrop", options)
        ->Apply(example_, rng);
  }

  std::vector<uint8_t> pixels_;
  Example example_;
};

TEST_F(ThreeCropTest, CutsLeftMiddleAndRightOfAWidePicture) {
  Fill(2, 6);
  ASSERT_OK(Apply("size: 2"));
  const auto& views = example_.images;
  ASSERT_EQ(views.size(), 3u);
  EXPECT_THAT(Levels(views[0][0]), ElementsAre(1, 2, 7, 8));
  EXPECT_THAT(Levels(views[1][0]), ElementsAre(3, 4, 9, 10));
  EXPECT_THAT(Levels(views[2][0]), ElementsAre(5, 6, 11, 12));
}

TEST_F(ThreeCropTest, CutsTopMiddleAndBottomOfATallPicture) {
  Fill(5, 2);
  ASSERT_OK(Apply("height: 2 width: 2"));
  const auto& views = example_.images;
  ASSERT_EQ(views.size(), 3u);
  EXPECT_THAT(Levels(views[0][0]), ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(Levels(views[1][0]), ElementsAre(3, 4, 5, 6));
  EXPECT_THAT(Levels(views[2][0]), ElementsAre(7, 8, 9, 10));
}

TEST_F(ThreeCropTest, GivesAPictureOfThatSizeThreeTimes) {
  Fill(2, 2);
  ASSERT_OK(Apply("size: 2"));
  for (const auto& view : example_.images) {
    EXPECT_THAT(Levels(view[0]), ElementsAre(1, 2, 3, 4));
  }
}

TEST_F(ThreeCropTest, MakesThreeViewsOfEachViewAndKeepsTheirFrames) {
  Fill(1, 5, 2, 3);
  ASSERT_OK(Apply("size: 1"));
  ASSERT_EQ(example_.images.size(), 6u);
  for (size_t view = 0; view < 6; ++view) {
    ASSERT_EQ(example_.images[view].size(), 3u);
    for (size_t frame = 0; frame < 3; ++frame) {
      const int first = static_cast<int>(view / 3 * 100 + frame * 30) + 1;
      EXPECT_THAT(Levels(example_.images[view][frame]),
                  ElementsAre(first + static_cast<int>(view % 3) * 2));
    }
  }
}

TEST_F(ThreeCropTest, KeepsChannelsAndContent) {
  Image& image = example_.SetImage();
  image.View(pixels_.data(), PixelLayout::Interleaved(2, 1, 3));
  image.set_content(Content::kFlow);
  ASSERT_OK(Apply("size: 1"));
  EXPECT_THAT(Levels(example_.images[1][0]), ElementsAre(3, 4));
  for (const auto& view : example_.images) {
    EXPECT_EQ(view[0].content(), Content::kFlow);
  }
}

TEST_F(ThreeCropTest, RefusesPicturesOfOtherSidesValuesAndBadOptions) {
  Fill(4, 6);
  EXPECT_THAT(Apply("size: 3"),
              FailsWith("the image must have the height or the width of 3 x 3, "
                        "and no less of the other, got 4 x 6"));
  Fill(4, 6);
  EXPECT_THAT(Apply("size: 6"), FailsWith("got 4 x 6"));
  example_.Values(4);
  EXPECT_THAT(Apply("size: 2"),
              FailsWith("the example must hold images, got values"));
  EXPECT_THAT(Make<Transform>("recipe.ThreeCrop"),
              FailsWith("either size must be given, or height and width"));
  EXPECT_THAT(Make<Transform>("recipe.ThreeCrop", "size: 0"),
              FailsWith("size must be from 1 to 65535, got 0"));
}

}  // namespace
}  // namespace toque
