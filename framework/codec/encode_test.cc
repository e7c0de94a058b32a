#include "framework/codec/encode.h"

#include <cmath>
#include <limits>

#include "framework/codec/codec.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

using Bytes = std::vector<uint8_t>;

constexpr int64_t kHeight = 23;
constexpr int64_t kWidth = 37;

// Every level in every channel, no two rows equal.
Bytes Pattern(int64_t channels) {
  Bytes pixels(kHeight * kWidth * channels);
  for (size_t i = 0; i < pixels.size(); ++i) {
    pixels[i] = static_cast<uint8_t>(i * 7 + i / 256);
  }
  return pixels;
}

// Slopes, as photographs have them.
Bytes Slopes(int64_t channels) {
  Bytes pixels(kHeight * kWidth * channels);
  for (size_t i = 0; i < pixels.size(); ++i) {
    const size_t x = i / channels % kWidth;
    const size_t y = i / channels / kWidth;
    pixels[i] = static_cast<uint8_t>(40 + 3 * x + 2 * y + 10 * (i % channels));
  }
  return pixels;
}

PixelView ViewOf(const Bytes& pixels, int64_t channels) {
  return {pixels.data(), kHeight, kWidth, channels};
}

// The pixels of a file, as many channels of them as are asked for.
absl::StatusOr<Bytes> DecodeAll(const std::string& file, ImageFormat format,
                                int64_t channels) {
  const absl::Span<const uint8_t> bytes(
      reinterpret_cast<const uint8_t*>(file.data()), file.size());
  ASSIGN_OR_RETURN(const ImageHeader header, ReadHeader(bytes));
  EXPECT_EQ(header.format, format);
  EXPECT_EQ(header.height, kHeight);
  EXPECT_EQ(header.width, kWidth);
  Bytes pixels;
  RETURN_IF_ERROR(Decode(
      bytes, header, {0, 0, kHeight, kWidth}, {.grey = channels == 1},
      [&](int64_t, const uint8_t* row) {
        for (int64_t x = 0; x < kWidth; ++x) {
          pixels.insert(pixels.end(), row + 4 * x, row + 4 * x + channels);
        }
      }));
  return pixels;
}

int GreatestDifference(const Bytes& a, const Bytes& b) {
  int greatest = a.size() == b.size() ? 0 : 256;
  for (size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    greatest = std::max(greatest, std::abs(int{a[i]} - int{b[i]}));
  }
  return greatest;
}

// R18.
TEST(EncodeTest, PngAndPnmKeepEveryPixel) {
  for (const int64_t channels : {1, 3}) {
    const Bytes pixels = Pattern(channels);
    const auto png = EncodePng(ViewOf(pixels, channels));
    ASSERT_OK(png);
    EXPECT_THAT(DecodeAll(*png, ImageFormat::kPng, channels), IsOk());
    EXPECT_EQ(*DecodeAll(*png, ImageFormat::kPng, channels), pixels);
    const std::string pnm = EncodePnm(ViewOf(pixels, channels));
    ASSERT_OK(DecodeAll(pnm, ImageFormat::kPnm, channels));
    EXPECT_EQ(*DecodeAll(pnm, ImageFormat::kPnm, channels), pixels);
  }
}

TEST(EncodeTest, JpegKeepsSlopesAndIsSmallerAtLowerQuality) {
  for (const int64_t channels : {1, 3}) {
    const Bytes pixels = Slopes(channels);
    const auto good = EncodeJpeg(ViewOf(pixels, channels), 95);
    const auto poor = EncodeJpeg(ViewOf(pixels, channels), 30);
    ASSERT_OK(good);
    ASSERT_OK(poor);
    EXPECT_LT(poor->size(), good->size());
    const auto decoded = DecodeAll(*good, ImageFormat::kJpeg, channels);
    ASSERT_OK(decoded);
    EXPECT_LE(GreatestDifference(*decoded, pixels), 6);
  }
}

TEST(EncodeTest, WhatNoFileCanHoldIsRefused) {
  const Bytes pixels = Pattern(3);
  PixelView view = ViewOf(pixels, 3);
  EXPECT_THAT(EncodeJpeg(view, 0),
              FailsWith("quality must be 1 to 100, got 0"));
  EXPECT_THAT(EncodeJpeg(view, 101), FailsWith("got 101"));
  view.channels = 2;
  EXPECT_THAT(EncodePng(view), FailsWith("channels must be 1 or 3, got 2"));
  view = ViewOf(pixels, 3);
  view.height = 0;
  EXPECT_THAT(EncodePng(view), FailsWith("got 0 x 37"));
  view.height = 70000;
  EXPECT_THAT(EncodeJpeg(view, 75),
              FailsWith("height and width must be 1 to 65500, got 70000 x 37"));
}

// R16 and its inverse, R17.
TEST(ToLevelsTest, GivesEachOfThe256LevelsBack) {
  std::vector<float> values(256);
  for (int level = 0; level < 256; ++level) {
    values[level] = static_cast<float>(level) / 255;
  }
  const Bytes levels = ToLevels(values, 1, 16, 16);
  for (int level = 0; level < 256; ++level) EXPECT_EQ(levels[level], level);
}

TEST(ToLevelsTest, ClampsAndThenCuts) {
  const float inf = std::numeric_limits<float>::infinity();
  EXPECT_EQ(ToLevels({0.999F, 1.5F, -0.1F, inf, -inf, NAN, 0.5F}, 1, 1, 7),
            (Bytes{254, 255, 0, 255, 0, 0, 127}));
}

TEST(ToLevelsTest, PutsTheChannelsOfAPixelSideBySide) {
  EXPECT_EQ(ToLevels({0, 0.2F, 0.4F, 0.6F, 0.8F, 1}, 3, 1, 2),
            (Bytes{0, 102, 204, 51, 153, 255}));
}

}  // namespace
}  // namespace toque
