#include "framework/image/image.h"

#include <algorithm>
#include <array>
#include <functional>
#include <numeric>

#include "framework/core/rng.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

using testing::ElementsAre;
using testing::FloatNear;
using testing::Pointwise;

std::vector<float> Written(const Image& image) {
  std::vector<float> out(static_cast<size_t>(image.elements()));
  EXPECT_OK(image.Write(out.data()));
  return out;
}

// What Image is compared with: each change is carried out at once, pixel by
// pixel.
struct Picture {
  int64_t channels, height, width;
  std::vector<float> values;  // planar
  std::vector<float> rest;    // of a flow, for each channel

  float& At(int64_t c, int64_t y, int64_t x) {
    return values[static_cast<size_t>((c * height + y) * width + x)];
  }

  void ForEach(const std::function<void(int64_t, int64_t, int64_t)>& visit) {
    for (int64_t c = 0; c < channels; ++c) {
      for (int64_t y = 0; y < height; ++y) {
        for (int64_t x = 0; x < width; ++x) visit(c, y, x);
      }
    }
  }

  void Crop(int64_t top, int64_t left, int64_t h, int64_t w, float fill) {
    Picture crop = {channels, h, w, {}, rest};
    crop.values.resize(static_cast<size_t>(channels * h * w));
    crop.ForEach([&](int64_t c, int64_t y, int64_t x) {
      const int64_t from_y = top + y, from_x = left + x;
      const bool inside =
          from_y >= 0 && from_y < height && from_x >= 0 && from_x < width;
      crop.At(c, y, x) = inside ? At(c, from_y, from_x) : fill;
    });
    *this = crop;
  }

  void Flip(Content content) {
    Picture mirror = *this;
    mirror.ForEach([&](int64_t c, int64_t y, int64_t x) {
      const float value = At(c, y, width - 1 - x);
      const bool negate = content == Content::kFlow && c % 2 == 0;
      const float none = rest[static_cast<size_t>(c)];
      mirror.At(c, y, x) = negate ? none - (value - none) : value;
    });
    *this = mirror;
  }

  void Normalize(const std::vector<float>& mean,
                 const std::vector<float>& std) {
    ForEach([&](int64_t c, int64_t y, int64_t x) {
      const auto i = static_cast<size_t>(c);
      At(c, y, x) = (At(c, y, x) - mean[i]) / std[i];
    });
    for (size_t c = 0; c < rest.size(); ++c) {
      rest[c] = (rest[c] - mean[c]) / std[c];
    }
  }
};

// A random picture as pixels of a type and in a layout, and as a Picture.
template <typename Pixel>
struct Sample {
  Sample(bool planar, Content content, Rng& rng) {
    const int64_t c = 1 + rng.Below(4), h = 1 + rng.Below(9),
                  w = 1 + rng.Below(40);
    const auto layout = planar ? PixelLayout::Planar(c, h, w)
                               : PixelLayout::Interleaved(c, h, w);
    const bool is_float = std::is_same_v<Pixel, float>;
    const double greatest =
        is_float ? 1 : double{std::numeric_limits<Pixel>::max()};
    pixels.resize(static_cast<size_t>(c * h * w));
    picture = {c, h, w, std::vector<float>(pixels.size()),
               std::vector<float>(static_cast<size_t>(c), is_float ? 0 : 0.5)};
    picture.ForEach([&](int64_t i, int64_t y, int64_t x) {
      const auto place =
          static_cast<size_t>(i * layout.channel_stride +
                              y * layout.row_stride + x * layout.column_stride);
      pixels[place] = static_cast<Pixel>(rng.Uniform(0, greatest));
      picture.At(i, y, x) =
          static_cast<float>(static_cast<double>(pixels[place]) / greatest);
    });
    image.View(pixels.data(), layout);
    image.set_content(content);
  }

  // Does one thing, drawn at random, to the image and to the picture.
  void ChangeBoth(Rng& rng) {
    const auto fill = static_cast<float>(rng.Normal());
    switch (rng.Below(4)) {
      case 0: {
        const int64_t top = rng.Below(7) - 3, left = rng.Below(7) - 3;
        const int64_t h = 1 + rng.Below(12), w = 1 + rng.Below(40);
        image.Crop(top, left, h, w, fill);
        return picture.Crop(top, left, h, w, fill);
      }
      case 1: {
        const int64_t border = rng.Below(3);
        image.Pad(border, fill);
        return picture.Crop(-border, -border, picture.height + 2 * border,
                            picture.width + 2 * border, fill);
      }
      case 2:
        image.Flip();
        return picture.Flip(image.content());
      default: {
        std::vector<float> mean, std;
        for (int64_t c = 0; c < picture.channels; ++c) {
          mean.push_back(static_cast<float>(rng.Normal()));
          std.push_back(static_cast<float>(rng.Uniform(0.5, 2)));
        }
        EXPECT_OK(image.Normalize(mean, std));
        return picture.Normalize(mean, std);
      }
    }
  }

  std::vector<Pixel> pixels;
  Picture picture;
  Image image;
};

template <typename Pixel>
void CompareRandomChanges() {
  for (uint64_t seed = 0; seed < 2000; ++seed) {
    Rng rng(seed);
    const bool planar = rng.Chance(0.5);
    const Content content = rng.Chance(0.3) ? Content::kFlow : Content::kColour;
    Sample<Pixel> sample(planar, content, rng);
    for (int64_t left = rng.Below(7); left > 0; --left) sample.ChangeBoth(rng);
    ASSERT_EQ(sample.image.channels(), sample.picture.channels);
    ASSERT_EQ(sample.image.height(), sample.picture.height);
    ASSERT_EQ(sample.image.width(), sample.picture.width);
    ASSERT_THAT(Written(sample.image),
                Pointwise(FloatNear(2e-4), sample.picture.values))
        << "seed " << seed;
  }
}

TEST(ImageTest, ChangesOfBytesAreThoseOfEachStepByItself) {
  CompareRandomChanges<uint8_t>();
}

TEST(ImageTest, ChangesOfSixteenBitsAreThoseOfEachStepByItself) {
  CompareRandomChanges<uint16_t>();
}

TEST(ImageTest, ChangesOfFloatsAreThoseOfEachStepByItself) {
  CompareRandomChanges<float>();
}

TEST(ImageTest, ReadsTheGreatestValueAsOne) {
  const std::array<uint8_t, 3> pixels = {0, 4, 16};
  Image image;
  image.View(pixels.data(), PixelLayout::Planar(1, 1, 3), 16);
  EXPECT_THAT(Written(image), ElementsAre(0, 0.25, 1));
}

TEST(ImageTest, ForgetsChangesWithTheNextView) {
  const std::array<uint8_t, 2> pixels = {0, 255};
  Image image;
  image.View(pixels.data(), PixelLayout::Planar(1, 1, 2));
  image.Flip();
  image.Pad(1, 5);
  image.set_content(Content::kFlow);
  image.View(pixels.data(), PixelLayout::Planar(1, 1, 2));
  EXPECT_THAT(Written(image), ElementsAre(0, 1));
  EXPECT_EQ(image.content(), Content::kColour);
}

TEST(ImageTest, KeepsPixelsOfItsOwn) {
  Image image;
  const absl::Span<uint8_t> pixels = image.Allocate(3, 1, 2);
  std::copy_n(std::array<uint8_t, 6>{0, 51, 102, 153, 204, 255}.begin(), 6,
              pixels.begin());
  const Image copy = image;
  std::fill(pixels.begin(), pixels.end(), uint8_t{0});
  EXPECT_THAT(
      Written(copy),
      Pointwise(FloatNear(1e-6), std::vector<float>{0, 0.6, 0.2, 0.8, 0.4, 1}));
}

TEST(ImageTest, KeepsTheMemoryOfItsPixels) {
  Image image;
  const uint8_t* const before = image.Allocate(3, 20, 20).data();
  EXPECT_EQ(image.Allocate(3, 20, 10).data(), before);
  EXPECT_EQ(image.Allocate(3, 20, 20).data(), before);
}

TEST(ImageTest, FillsACropThatLiesOutside) {
  const float pixel = 1;
  Image image;
  image.View(&pixel, PixelLayout::Planar(1, 1, 1));
  image.Crop(5, -7, 1, 2, 3);
  EXPECT_THAT(Written(image), ElementsAre(3, 3));
}

TEST(ImageTest, RefusesAMeanThatFitsNoChannels) {
  const std::array<float, 3> pixels = {};
  Image image;
  image.View(pixels.data(), PixelLayout::Planar(3, 1, 1));
  EXPECT_THAT(image.Normalize({1, 2}, {1}),
              FailsWith("mean and std must have 1 or 3 values, as the image "
                        "has channels, got 2"));
}

}  // namespace
}  // namespace toque
