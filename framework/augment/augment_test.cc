#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <map>
#include <vector>

#include "framework/augment/edit.h"
#include "framework/augment/neighbours.h"
#include "framework/augment/operation.h"
#include "framework/augment/resampling.h"
#include "framework/augment/warp.h"
#include "framework/core/rng.h"
#include "framework/image/image.h"
#include "framework/options.pb.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

using testing::Each;
using testing::ElementsAre;

constexpr int64_t kHeight = 7;
constexpr int64_t kWidth = 9;

std::vector<uint8_t> Noise(int64_t channels) {
  std::vector<uint8_t> bytes(static_cast<size_t>(kHeight * kWidth * channels));
  for (size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<uint8_t>((i * i * 31 + i * 7) % 251);
  }
  return bytes;
}

EditablePixels PixelsOf(std::vector<uint8_t>& bytes, int64_t channels) {
  return {.data = bytes.data(),
          .height = kHeight,
          .width = kWidth,
          .channels = channels};
}

int64_t Mirrored(int64_t at, int64_t size) {
  const int64_t inside = std::abs(at);
  return inside < size ? inside : 2 * (size - 1) - inside;
}

// One value of a blurred picture, by the definition.
double Blurred(const EditablePixels& in, int64_t kernel_size, double sigma,
               int64_t y, int64_t x, int64_t c) {
  const int64_t radius = kernel_size / 2;
  double sum = 0;
  double weights = 0;
  for (int64_t dy = -radius; dy <= radius; ++dy) {
    for (int64_t dx = -radius; dx <= radius; ++dx) {
      const double weight = std::exp(-static_cast<double>(dx * dx + dy * dy) /
                                     (2 * sigma * sigma));
      sum +=
          weight *
          in.row(Mirrored(
              y + dy, in.height))[Mirrored(x + dx, in.width) * in.channels + c];
      weights += weight;
    }
  }
  return sum / weights;
}

TEST(BlurTest, IsTheConvolutionWithANormalDistribution) {
  std::vector<uint8_t> bytes = Noise(2);
  std::vector<uint8_t> result(bytes.size());
  const EditablePixels in = PixelsOf(bytes, 2);
  const EditablePixels out = PixelsOf(result, 2);
  for (const double sigma : {0.3, 1.7, 40.0}) {
    Blur(in, 13, sigma, out);
    for (int64_t y = 0; y < kHeight; ++y) {
      for (int64_t x = 0; x < kWidth; ++x) {
        for (int64_t c = 0; c < 2; ++c) {
          EXPECT_NEAR(out.row(y)[2 * x + c], Blurred(in, 13, sigma, y, x, c),
                      0.501);
        }
      }
    }
  }
}

TEST(WarpTest, TreatsEachChannelAlike) {
  std::vector<uint8_t> two = Noise(2);
  const Affine affine =
      InverseOf({.degrees = 25, .scale = 0.8, .shear = {9, 0}}, {4, 3});
  const std::array<uint8_t, 2> fill = {11, 22};
  for (const Filter filter : {Filter::kNearest, Filter::kBilinear}) {
    std::vector<uint8_t> warped(two.size());
    Warp(PixelsOf(two, 2), affine, filter, fill.data(), PixelsOf(warped, 2));
    for (size_t c = 0; c < 2; ++c) {
      std::vector<uint8_t> one, expected;
      for (size_t i = c; i < two.size(); i += 2) {
        one.push_back(two[i]);
        expected.push_back(warped[i]);
      }
      std::vector<uint8_t> actual(one.size());
      Warp(PixelsOf(one, 1), affine, filter, &fill[c], PixelsOf(actual, 1));
      EXPECT_EQ(actual, expected);
    }
  }
}

// Places far outside of what an integer holds.
TEST(WarpTest, FillsWhereverTheSourceIsFarAway) {
  std::vector<uint8_t> bytes = Noise(3);
  std::vector<uint8_t> result(bytes.size());
  const std::array<uint8_t, 3> fill = {7, 7, 7};
  for (const double far : {1e6, -1e12, 1e300}) {
    for (const Affine& affine :
         {Affine{far, far, far, far, far, far}, Affine{1, 0, far, 0, 1, 0},
          Affine{1, 0.1, far, 0.1, 1, 0}}) {
      for (const Filter filter : {Filter::kNearest, Filter::kBilinear}) {
        Warp(PixelsOf(bytes, 3), affine, filter, fill.data(),
             PixelsOf(result, 3));
        EXPECT_THAT(result, Each(7));
      }
    }
  }
}

class EditTest : public testing::Test {
 protected:
  EditTest() : bytes_(Noise(3)) { Show(3); }

  void Show(int64_t channels, Content content = Content::kColour) {
    image_.View(bytes_.data(),
                PixelLayout::Interleaved(channels, kHeight, kWidth));
    image_.set_content(content);
  }

  std::vector<uint8_t> Levels() {
    const auto pixels = image_.Edit();
    EXPECT_OK(pixels);
    return {pixels->data, pixels->data + image_.elements()};
  }

  std::vector<uint8_t> bytes_;
  Image image_;
};

TEST_F(EditTest, RedrawsAPictureInAnotherSize) {
  ASSERT_OK(Redraw(image_, 3, 1, 2,
                   [](const EditablePixels& in, const EditablePixels& out) {
                     std::copy_n(in.row(2) + 3, 6, out.data);
                   }));
  EXPECT_EQ(image_.height(), 1);
  EXPECT_EQ(image_.width(), 2);
  const auto row = bytes_.begin() + 2 * kWidth * 3 + 3;
  EXPECT_EQ(Levels(), std::vector<uint8_t>(row, row + 6));
}

TEST_F(EditTest, RefusesFlowAndOddNumbersOfChannels) {
  Show(3, Content::kFlow);
  EXPECT_THAT(NeedsGreyOrRgb(image_),
              FailsWith("the images must hold colours, got optical flow"));
  EXPECT_THAT(Augment(image_, {}, Resampling()),
              FailsWith("the images must hold colours, got optical flow"));
  EXPECT_THAT(Resampling().Warp(image_, Affine()),
              FailsWith("the images must hold colours, got optical flow"));
  Show(2);
  EXPECT_THAT(NeedsGreyOrRgb(image_),
              FailsWith("the images must have 1 or 3 channels, got 2"));
  EXPECT_THAT(Augment(image_, {}, Resampling()),
              FailsWith("the images must have 1 or 3 channels, got 2"));
}

TEST_F(EditTest, FillsWithTheNearestLevelOfAColour) {
  const auto resampling = Resampling::Of(NEAREST, {0.0f, 0.5f, 1.0f});
  ASSERT_OK(resampling);
  ASSERT_OK(resampling->Warp(image_, {.x0 = 100}, 1, 1));
  EXPECT_THAT(Levels(), ElementsAre(0, 128, 255));
  const auto grey = Resampling::Of(NEAREST, {0.2f});
  ASSERT_OK(grey);
  ASSERT_OK(grey->Warp(image_, {.x0 = 100}));
  EXPECT_THAT(Levels(), Each(51));
}

TEST_F(EditTest, RefusesAFillOfOtherChannelsAndFiltersThatItLacks) {
  const auto resampling = Resampling::Of(BILINEAR, {0.0f, 0.5f});
  ASSERT_OK(resampling);
  EXPECT_THAT(resampling->Warp(image_, Affine()),
              FailsWith("fill must have 1 or 3 values, as the image has "
                        "channels, got 2"));
  EXPECT_THAT(Resampling::Of(NEAREST, {1.5f}),
              FailsWith("fill must be from 0 to 1, got 1.5"));
  EXPECT_THAT(Resampling::Of(BICUBIC, {}),
              FailsWith("filter must be NEAREST or BILINEAR, got BICUBIC"));
}

TEST_F(EditTest, TranslationsMoveByWholePixels) {
  ASSERT_OK(Augment(image_, {Operation::kTranslateX, 2.9}, Resampling()));
  const std::vector<uint8_t> moved = Levels();
  for (size_t y = 0; y < kHeight; ++y) {
    for (size_t i = 0; i < kWidth * 3; ++i) {
      const size_t at = y * kWidth * 3 + i;
      EXPECT_EQ(moved[at], i < 6 ? 0 : bytes_[at - 6]);
    }
  }
}

// 13 degrees of freedom: 34.5 is exceeded with probability 0.001.
TEST(DrawAugmentationTest, DrawsEachOperationAndSignEquallyOften) {
  const Magnitudes greatest = {0.3, 10, 10, 30, 0.9, 4};
  Rng rng(1);
  std::map<Operation, double> counts;
  int negative = 0;
  int has_sign = 0;
  for (int i = 0; i < 14000; ++i) {
    const Augmentation drawn = DrawAugmentation(greatest, 9, 31, rng);
    ++counts[drawn.operation];
    if (drawn.operation < Operation::kShearX ||
        drawn.operation > Operation::kSharpness) {
      EXPECT_GE(drawn.magnitude, 0);
      continue;
    }
    ++has_sign;
    negative += drawn.magnitude < 0;
    EXPECT_EQ(std::abs(drawn.magnitude),
              MagnitudeOf(drawn.operation, greatest, 9, 31));
  }
  double chi_square = 0;
  for (const auto& [operation, count] : counts) {
    chi_square += (count - 1000) * (count - 1000) / 1000;
  }
  EXPECT_EQ(counts.size(), static_cast<size_t>(kOperations));
  EXPECT_LT(chi_square, 34.5);
  // Four standard deviations of a fair coin.
  EXPECT_NEAR(negative, has_sign / 2.0, 2 * std::sqrt(has_sign));
}

}  // namespace
}  // namespace toque
