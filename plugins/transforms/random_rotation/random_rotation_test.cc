#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "framework/core/transform.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

using testing::Each;

constexpr int64_t kSide = 201;

class RandomRotationTest : public testing::Test {
 protected:
  RandomRotationTest() : pixels_(kSide * kSide) {}

  absl::Status Rotate(std::string_view options, uint64_t seed) {
    Image& image = example_.SetImage();
    image.View(pixels_.data(), PixelLayout::Planar(1, kSide, kSide));
    image.set_content(content_);
    Rng rng(seed);
    return MakeOrDie<Transform>("recipe.RandomRotation", options)
        ->Apply(example_, rng);
  }

  EditablePixels Result() {
    const auto pixels = example_.images[0][0].Edit();
    EXPECT_OK(pixels);
    return *pixels;
  }

  std::vector<uint8_t> pixels_;
  Example example_;
  Content content_ = Content::kColour;
};

// A white spot to the right of the center moves to where the angle says: up
// for a positive one. Ten bins; nine degrees of freedom: 27.9 is exceeded with
// probability 0.001.
TEST_F(RandomRotationTest, DrawsTheAngleUniformly) {
  for (size_t y = 98; y <= 102; ++y) {
    for (size_t x = 178; x <= 182; ++x) pixels_[y * kSide + x] = 255;
  }
  std::array<double, 10> counts = {};
  for (uint64_t seed = 0; seed < 1000; ++seed) {
    ASSERT_OK(Rotate("degrees: 50", seed));
    const EditablePixels result = Result();
    double x_sum = 0;
    double y_sum = 0;
    for (int64_t y = 0; y < kSide; ++y) {
      for (int64_t x = 0; x < kSide; ++x) {
        x_sum += result.row(y)[x] * static_cast<double>(x - 100);
        y_sum += result.row(y)[x] * static_cast<double>(100 - y);
      }
    }
    const double degrees = std::atan2(y_sum, x_sum) * 180 / std::numbers::pi;
    ASSERT_LT(std::abs(degrees), 50.5);
    const auto bin = static_cast<int>(std::floor((degrees + 50) / 10));
    ++counts[static_cast<size_t>(std::min(std::max(bin, 0), 9))];
  }
  double chi_square = 0;
  for (const double count : counts) {
    chi_square += (count - 100) * (count - 100) / 100;
  }
  EXPECT_LT(chi_square, 27.9);
}

TEST_F(RandomRotationTest, KeepsTheSizeUnlessItExpands) {
  ASSERT_OK(Rotate("degrees: 50", 3));
  EXPECT_EQ(Result().height, kSide);
  EXPECT_EQ(Result().width, kSide);
  ASSERT_OK(Rotate("degrees: 50 expand: true", 3));
  EXPECT_GT(Result().height, kSide);
  EXPECT_LE(Result().height, kSide * std::sqrt(2.0) + 2);
}

// White on white stays, whatever the angle; expanding shows all of it.
TEST_F(RandomRotationTest, FillsTheCorners) {
  pixels_.assign(pixels_.size(), 255);
  for (const std::string_view filter : {"NEAREST", "BILINEAR"}) {
    for (const std::string_view expand : {"true", "false"}) {
      const std::string options =
          absl::StrCat("degrees: 180 fill: 1 filter: ", View(filter),
                       " expand: ", View(expand));
      ASSERT_OK(Rotate(options, 5));
      const EditablePixels result = Result();
      EXPECT_THAT(std::vector<uint8_t>(
                      result.data, result.data + result.height * result.width),
                  Each(255));
    }
  }
}

TEST_F(RandomRotationTest, IsNothingAtZeroDegrees) {
  for (size_t i = 0; i < pixels_.size(); ++i) {
    pixels_[i] = static_cast<uint8_t>(i * i % 251);
  }
  ASSERT_OK(Rotate("degrees: 0 filter: BILINEAR", 1));
  EXPECT_EQ(std::vector<uint8_t>(Result().data, Result().data + pixels_.size()),
            pixels_);
}

TEST_F(RandomRotationTest, RefusesFlow) {
  content_ = Content::kFlow;
  EXPECT_THAT(Rotate("degrees: 5", 1),
              FailsWith("the images must hold colours, got optical flow"));
}

TEST_F(RandomRotationTest, RefusesBadOptions) {
  EXPECT_THAT(Make<Transform>("recipe.RandomRotation"),
              FailsWith("degrees must be given"));
  EXPECT_THAT(Make<Transform>("recipe.RandomRotation", "degrees: 181"),
              FailsWith("degrees must be from 0 to 180, got 181"));
  EXPECT_THAT(
      Make<Transform>("recipe.RandomRotation", "degrees: 1 filter: BICUBIC"),
      FailsWith("filter must be NEAREST or BILINEAR, got BICUBIC"));
  EXPECT_THAT(Make<Transform>("recipe.RandomRotation", "degrees: 1 fill: 2"),
              FailsWith("fill must be from 0 to 1, got 2"));
}

}  // namespace
}  // namespace toque
