#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <vector>

#include "framework/core/transform.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

constexpr int64_t kHeight = 40;
constexpr int64_t kWidth = 60;

// Where a picture's pixels come from; -1 where they come from outside.
struct Sources {
  std::array<std::array<int, kWidth>, kHeight> x;
  std::array<std::array<int, kWidth>, kHeight> y;
};

class RandomAffineTest : public testing::Test {
 protected:
  // Levels 1 + x and 1 + y, on a black outside.
  RandomAffineTest() : pixels_(kHeight * kWidth * 3) {
    for (size_t i = 0; i < kHeight * kWidth; ++i) {
      pixels_[3 * i] = static_cast<uint8_t>(1 + i % kWidth);
      pixels_[3 * i + 1] = static_cast<uint8_t>(1 + i / kWidth);
    }
  }

  Sources Moved(std::string_view options, uint64_t seed) {
    Image& image = example_.SetImage();
    image.View(pixels_.data(), PixelLayout::Interleaved(3, kHeight, kWidth));
    Rng rng(seed);
    EXPECT_OK(MakeOrDie<Transform>("recipe.RandomAffine", options)
                  ->Apply(example_, rng));
    const auto edited = image.Edit();
    EXPECT_OK(edited);
    Sources sources;
    for (size_t y = 0; y < kHeight; ++y) {
      for (size_t x = 0; x < kWidth; ++x) {
        const uint8_t* pixel = edited->row(static_cast<int64_t>(y)) + 3 * x;
        sources.x[y][x] = pixel[0] - 1;
        sources.y[y][x] = pixel[1] - 1;
      }
    }
    return sources;
  }

  std::vector<uint8_t> pixels_;
  Example example_;
};

TEST_F(RandomAffineTest, IsNothingByDefault) {
  const Sources sources = Moved("", 1);
  EXPECT_EQ(sources.x[7][11], 11);
  EXPECT_EQ(sources.y[7][11], 7);
  EXPECT_EQ(sources.x[39][59], 59);
}

// -6 .. 6 pixels along x, the outermost half as likely, and -2 .. 2 along y;
// 12 and 4 degrees of freedom: exceeded with probability 0.001.
TEST_F(RandomAffineTest, MovesUniformlyByWholePixels) {
  std::map<int, double> along_x, along_y;
  for (uint64_t seed = 0; seed < 1200; ++seed) {
    const Sources sources = Moved("translate_x: 0.1 translate_y: 0.05", seed);
    ++along_x[30 - sources.x[20][30]];
    ++along_y[20 - sources.y[20][30]];
  }
  const auto chi_square = [](const std::map<int, double>& counts, int most) {
    double sum = 0;
    for (const auto& [pixels, count] : counts) {
      const double expected =
          1200.0 / (2 * most) / (std::abs(pixels) == most ? 2 : 1);
      sum += (count - expected) * (count - expected) / expected;
    }
    return sum;
  };
  EXPECT_EQ(along_x.begin()->first, -6);
  EXPECT_EQ(along_x.rbegin()->first, 6);
  EXPECT_LT(chi_square(along_x, 6), 32.9);
  EXPECT_EQ(along_y.begin()->first, -2);
  EXPECT_EQ(along_y.rbegin()->first, 2);
  EXPECT_LT(chi_square(along_y, 2), 18.5);
}

TEST_F(RandomAffineTest, EnlargesByFactorsOfTheRange) {
  const Sources twice = Moved("scale_min: 2 scale_max: 2", 1);
  EXPECT_EQ(twice.x[20][50], 40);
  EXPECT_EQ(twice.y[10][30], 15);
  double least = 9;
  double greatest = 0;
  for (uint64_t seed = 0; seed < 300; ++seed) {
    const Sources sources = Moved("scale_min: 1.5 scale_max: 3", seed);
    const double scale = 58.0 / (sources.x[20][59] - sources.x[20][1]);
    least = std::min(least, scale);
    greatest = std::max(greatest, scale);
  }
  EXPECT_NEAR(least, 1.5, 0.08);
  EXPECT_NEAR(greatest, 3, 0.2);
}

// A shear along x moves rows, one along y columns.
TEST_F(RandomAffineTest, ShearsAlongEachSide) {
  int left = 0;
  for (uint64_t seed = 0; seed < 100; ++seed) {
    const Sources along_x = Moved("shear_x: 20", seed);
    EXPECT_EQ(along_x.y[5][30], 5);
    // tan(20 degrees) times the distance of 14.5 from the center.
    EXPECT_LE(std::abs(along_x.x[5][30] - 30), 6);
    left += along_x.x[5][30] < 30;
    EXPECT_EQ(Moved("shear_y: 20", seed).x[20][45], 45);
  }
  EXPECT_GT(left, 25);
  EXPECT_LT(left, 75);
}

TEST_F(RandomAffineTest, TurnsUpToTheAngle) {
  double greatest = 0;
  for (uint64_t seed = 0; seed < 200; ++seed) {
    const Sources sources = Moved("degrees: 30", seed);
    // 20 pixels to the right of the center.
    const double sine = (sources.y[20][50] - 20) / 20.0;
    greatest = std::max(greatest, std::abs(sine));
  }
  EXPECT_NEAR(greatest, 0.5, 0.06);
}

TEST_F(RandomAffineTest, RefusesBadOptions) {
  EXPECT_THAT(
      Make<Transform>("recipe.RandomAffine", "translate_x: 1.1 scale_min: 0"),
      FailsWith("translate_x must be from 0 to 1, got 1.1\n"
                "here: recipe.RandomAffine: scale_min must be from 0.001 to "
                "1000, got 0"));
  EXPECT_THAT(Make<Transform>("recipe.RandomAffine", "scale_min: 2"),
              FailsWith("scale_max must be from 2 to 1000, got 1"));
  EXPECT_THAT(Make<Transform>("recipe.RandomAffine", "shear_y: 90"),
              FailsWith("shear_y must be at least 0 and below 90, got 90"));
  EXPECT_THAT(Make<Transform>("recipe.RandomAffine", "filter: BICUBIC"),
              FailsWith("filter must be NEAREST or BILINEAR, got BICUBIC"));
}

}  // namespace
}  // namespace toque
