// Resizing, beside Pillow and PyTorch.

#include <fstream>

#include "absl/strings/escaping.h"
#include "framework/image/image.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

// The picture of tests/goldens/resize.py.
struct Picture {
  int64_t height, width;
  std::vector<uint8_t> levels;

  Picture(int64_t height, int64_t width) : height(height), width(width) {
    for (int64_t y = 0; y < height; ++y) {
      for (int64_t x = 0; x < width; ++x) {
        for (int64_t c = 0; c < 3; ++c) {
          levels.push_back(static_cast<uint8_t>(13 * y + 7 * x + 50 * c +
                                                x * y % 97 +
                                                90 * ((x / 3 + y / 2) % 2)));
        }
      }
    }
  }
  PixelLayout layout() const {
    return PixelLayout::Interleaved(3, height, width);
  }
};

struct Case {
  std::string name;
  Filter filter;
  bool antialias;
  int64_t height, width;
  Region box;
  int64_t to_height, to_width;
  std::string levels;
};

// Pillow 12 and torch 2.11: tests/goldens/resize.py
std::vector<Case> Cases() {
  std::ifstream file("framework/image/resize_golden.txt");
  std::vector<Case> cases;
  std::string filter, hex;
  for (Case c; file >> filter >> c.antialias >> c.height >> c.width >>
               c.box.top >> c.box.left >> c.box.height >> c.box.width >>
               c.to_height >> c.to_width >> hex;) {
    c.filter = filter == "bilinear"  ? Filter::kBilinear
               : filter == "bicubic" ? Filter::kBicubic
                                     : Filter::kNearest;
    c.name =
        absl::StrCat(filter, c.antialias ? " " : " aliased ", c.box.height, "x",
                     c.box.width, " to ", c.to_height, "x", c.to_width);
    c.levels = absl::HexStringToBytes(hex);
    cases.push_back(c);
  }
  return cases;
}

Image Resized(const Picture& picture, const Case& c) {
  Image image;
  image.View(picture.levels.data(), picture.layout());
  image.Crop(c.box.top, c.box.left, c.box.height, c.box.width);
  image.Resize(c.to_height, c.to_width, c.filter, c.antialias);
  return image;
}

template <typename Value>
std::vector<Value> Written(const Image& image, PixelForm form) {
  std::vector<Value> out(static_cast<size_t>(image.elements()));
  EXPECT_OK(image.Write(out.data(), form));
  return out;
}

std::vector<uint8_t> Levels(const Image& image) {
  return Written<uint8_t>(image, {PixelForm::kUint8, true});
}

TEST(ResizeTest, IsWithinALevelOfPillowAndPyTorch) {
  const auto cases = Cases();
  ASSERT_EQ(cases.size(), 44u);
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    const Picture picture(c.height, c.width);
    const auto levels = Levels(Resized(picture, c));
    ASSERT_EQ(levels.size(), c.levels.size());
    int greatest = 0;
    for (size_t i = 0; i < levels.size(); ++i) {
      const int wanted = static_cast<uint8_t>(c.levels[i]);
      greatest = std::max(greatest, std::abs(levels[i] - wanted));
    }
    EXPECT_LE(greatest, c.filter == Filter::kNearest ? 0 : 1);
  }
}

// The same picture as floats of 0..1 goes through other code, without rounding
// on the way.
TEST(ResizeTest, FloatsAreResizedAsLevelsAre) {
  for (const Case& c : Cases()) {
    SCOPED_TRACE(c.name);
    const Picture picture(c.height, c.width);
    std::vector<float> values;
    for (const uint8_t level : picture.levels) values.push_back(level / 255.0f);
    Image image;
    image.View(values.data(), picture.layout());
    image.Crop(c.box.top, c.box.left, c.box.height, c.box.width);
    image.Resize(c.to_height, c.to_width, c.filter, c.antialias);
    const auto floats = Written<float>(image, {PixelForm::kFloat32, true});
    for (size_t i = 0; i < floats.size(); ++i) {
      const float wanted = static_cast<uint8_t>(c.levels[i]) / 255.0f;
      // A cubic overshoots, which levels can't.
      if (c.filter == Filter::kBicubic &&
          (floats[i] < 0.1f || floats[i] > 0.9f))
        continue;
      const float most = c.filter == Filter::kBicubic ? 0.06f : 1.01f / 255;
      EXPECT_NEAR(floats[i], wanted, most) << i;
    }
  }
}

TEST(ResizeTest, AWindowOfTheResizedPictureIsPartOfIt) {
  const Picture picture(90, 120);
  for (const Filter filter :
       {Filter::kBilinear, Filter::kBicubic, Filter::kNearest}) {
    Image image;
    image.View(picture.levels.data(), picture.layout());
    image.Resize(41, 67, filter);
    const auto whole = Levels(image);
    image.Crop(3, 50, 30, 20, 1);
    const auto part = Levels(image);
    for (int64_t y = 0; y < 30; ++y) {
      for (int64_t x = 0; x < 20 * 3; ++x) {
        const int64_t from = 50 * 3 + x;
        const int expected =
            from < 67 * 3 ? whole[static_cast<size_t>((3 + y) * 67 * 3 + from)]
                          : 255;
        ASSERT_EQ(part[static_cast<size_t>(y * 60 + x)], expected)
            << y << " " << x;
      }
    }
  }
}

TEST(ResizeTest, AllFormsHoldTheSamePixels) {
  const Picture picture(33, 47);
  Image image;
  image.View(picture.levels.data(), picture.layout());
  image.Resize(20, 31);
  for (const bool flip : {false, true}) {
    if (flip) image.Flip();
    const auto levels = Levels(image);
    const auto planes = Written<uint8_t>(image, {PixelForm::kUint8, false});
    const auto floats = Written<float>(image, {});
    const auto pixels = Written<float>(image, {PixelForm::kFloat32, true});
    const auto halves = Written<uint16_t>(image, {PixelForm::kBfloat16, false});
    for (size_t y = 0; y < 20; ++y) {
      for (size_t x = 0; x < 31; ++x) {
        for (size_t c = 0; c < 3; ++c) {
          const size_t plane = (c * 20 + y) * 31 + x;
          const size_t pixel = (y * 31 + x) * 3 + c;
          const float value = static_cast<float>(levels[pixel]) / 255;
          EXPECT_EQ(planes[plane], levels[pixel]);
          EXPECT_NEAR(floats[plane], value, 1e-6);
          EXPECT_EQ(pixels[pixel], floats[plane]);
          const auto bits = static_cast<uint32_t>(halves[plane]) << 16;
          EXPECT_NEAR(std::bit_cast<float>(bits), value, value / 256 + 1e-6);
        }
      }
    }
  }
}

TEST(ResizeTest, ASecondResizeGoesOnWithTheLevelsOfTheFirst) {
  const Picture picture(40, 30);
  Image image;
  image.View(picture.levels.data(), picture.layout());
  image.Resize(20, 20);
  const auto between = Levels(image);
  image.Resize(11, 7);
  Image second;
  second.View(between.data(), PixelLayout::Interleaved(3, 20, 20));
  second.Resize(11, 7);
  EXPECT_EQ(Levels(image), Levels(second));
}

TEST(ResizeTest, NormaliseAndResizeMayChangePlaces) {
  const Picture picture(40, 30);
  Image first, second;
  for (Image* image : {&first, &second}) {
    image->View(picture.levels.data(), picture.layout());
    if (image == &second) image->Resize(20, 20);
    ASSERT_OK(image->Normalize({0.5f}, {0.25f}));
    if (image == &first) image->Resize(20, 20);
  }
  EXPECT_EQ(Written<float>(first, {}), Written<float>(second, {}));
}

TEST(ResizeTest, OneColourStaysAsItIs) {
  for (int64_t level = 0; level < 256; level += 51) {
    const std::vector<uint8_t> levels(50 * 60 * 3, static_cast<uint8_t>(level));
    for (const Filter filter : {Filter::kBilinear, Filter::kBicubic}) {
      for (const int64_t size : {1, 3, 50, 61, 200}) {
        Image image;
        image.View(levels.data(), PixelLayout::Interleaved(3, 50, 60));
        image.Resize(size, size + 1, filter);
        for (const uint8_t value : Levels(image)) ASSERT_EQ(value, level);
      }
    }
  }
}

// Many taps of the same small weight, whose rounding must not add up.
TEST(ResizeTest, OneColourStaysAsItIsHoweverMuchItShrinks) {
  constexpr int64_t kSide = 2048;
  for (const int level : {1, 127, 128, 254}) {
    const std::vector<uint8_t> levels(kSide * kSide,
                                      static_cast<uint8_t>(level));
    for (const Filter filter : {Filter::kBilinear, Filter::kBicubic}) {
      for (const int64_t size : {1, 2, 7, 30}) {
        Image image;
        image.View(levels.data(), PixelLayout::Planar(1, kSide, kSide));
        image.Resize(size, size, filter);
        for (const uint8_t value : Levels(image)) ASSERT_EQ(value, level);
      }
    }
  }
}

// A ramp's means, in the middle, where the filter sees both sides alike.
TEST(ResizeTest, ShrinksARampToItsMeans) {
  constexpr int64_t kSide = 4096;
  std::vector<uint8_t> levels;
  for (int64_t i = 0; i < kSide; ++i) {
    levels.push_back(static_cast<uint8_t>(i * 256 / kSide));
  }
  for (const bool column : {false, true}) {
    const int64_t height = column ? kSide : 1, width = column ? 1 : kSide;
    Image image;
    image.View(levels.data(), PixelLayout::Planar(1, height, width));
    image.Resize(column ? 8 : 1, column ? 1 : 8);
    const auto means = Levels(image);
    for (size_t i = 1; i < 7; ++i) {
      EXPECT_NEAR(means[i], (static_cast<double>(i) + 0.5) * 32 - 0.5, 1);
    }
  }
}

// Sixteenths, as of Digits, stay integers whatever is done to them.
TEST(ResizeTest, IntegersCanBeEditedAfterTwoResizes) {
  const std::vector<uint8_t> levels(8 * 8, 4);
  Image image;
  image.View(levels.data(), PixelLayout::Planar(1, 8, 8), 16);
  image.Pad(1, 0.25f);
  image.Resize(16, 16);
  image.Resize(9, 9);
  const auto pixels = image.Edit();
  ASSERT_OK(pixels.status());
  EXPECT_EQ(pixels->data[40], 64);
  const float value = 0.5f;
  image.View(&value, PixelLayout::Planar(1, 1, 1));
  EXPECT_THAT(image.Edit().status(), FailsWith("must hold integers"));
}

TEST(ResizeTest, RefusesToMakePixelsOfMoreThanFitsInMemory) {
  const std::vector<uint8_t> levels(60000 * 2, 4);
  Image image;
  image.View(levels.data(), PixelLayout::Planar(1, 2, 60000));
  image.Resize(256, 7680000);
  const absl::Status status = image.Edit().status();
  EXPECT_THAT(status, FailsWith("must have at most 67108864 pixels, got 256 x "
                                "7680000"));
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  image.Resize(2, 2);
  image.Flip();
  EXPECT_EQ(image.Edit().status(), status);
}

}  // namespace
}  // namespace toque
