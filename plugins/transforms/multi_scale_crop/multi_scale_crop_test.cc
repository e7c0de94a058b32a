#include <array>
#include <map>

#include "framework/core/transform.h"
#include "framework/testing/chi_square.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

// Top, left, height and width of a part.
using Part = std::array<int64_t, 4>;
using Parts = std::map<Part, double>;

// A picture of at most 256 x 256 pixels whose channels are row, column and 0.
class Picture {
 public:
  Picture(int64_t height, int64_t width) : height_(height), width_(width) {
    for (int64_t y = 0; y < height; ++y) {
      for (int64_t x = 0; x < width; ++x) {
        pixels_.insert(pixels_.end(),
                       {static_cast<uint8_t>(y), static_cast<uint8_t>(x), 0});
      }
    }
  }

  // How often the transform takes which part; 112 pixels show its corners.
  Parts Taken(std::string_view options, uint64_t draws = 20000) {
    const auto transform = MakeOrDie<Transform>(
        "recipe.MultiScaleCrop",
        absl::StrCat("size: 112 filter: NEAREST ", View(options)));
    Parts parts;
    for (uint64_t seed = 0; seed < draws; ++seed) {
      const auto [top, left] = Pixel(*transform, seed, 0);
      const auto [bottom, right] = Pixel(*transform, seed, 111);
      ++parts[{top, left, bottom - top + 1, right - left + 1}];
    }
    return parts;
  }

 private:
  // Row and column of what came to (place, place).
  std::pair<int64_t, int64_t> Pixel(const Transform& transform, uint64_t seed,
                                    int64_t place) {
    Image& image = example_.SetImage();
    image.View(pixels_.data(), PixelLayout::Interleaved(3, height_, width_));
    Rng rng(seed);
    EXPECT_OK(transform.Apply(example_, rng));
    EXPECT_EQ(image.height(), 112);
    EXPECT_EQ(image.width(), 112);
    image.Crop(place, place, 1, 1);
    uint8_t out[3];
    EXPECT_OK(image.Write(out, {.type = PixelForm::kUint8}));
    return {out[0], out[1]};
  }

  int64_t height_, width_;
  std::vector<uint8_t> pixels_;
  Example example_;
};

// Weights of the parts of a 128 x 170 picture: those of the given pairs of
// sides, at the first places of the paper's list.
Parts Expected(const std::vector<std::pair<int64_t, int64_t>>& sides,
               size_t places) {
  // In quarters of the free room, right then down.
  constexpr std::array<std::pair<int64_t, int64_t>, 13> kPlaces = {{{0, 0},
                                                                    {4, 0},
                                                                    {0, 4},
                                                                    {4, 4},
                                                                    {2, 2},
                                                                    {0, 2},
                                                                    {4, 2},
                                                                    {2, 4},
                                                                    {2, 0},
                                                                    {1, 1},
                                                                    {3, 1},
                                                                    {1, 3},
                                                                    {3, 3}}};
  Parts parts;
  for (const auto& [height, width] : sides) {
    const int64_t down = (128 - height) / 4, right = (170 - width) / 4;
    for (size_t i = 0; i < places; ++i) {
      const auto& [x, y] = kPlaces[i];
      ++parts[{y * down, x * right, height, width}];
    }
  }
  return parts;
}

// Expects just the parts that are expected, as often as their weights.
void ExpectParts(const Parts& taken, const Parts& expected) {
  std::vector<double> counts, weights;
  for (const auto& [part, weight] : expected) {
    weights.push_back(weight);
    counts.push_back(taken.count(part) == 0 ? 0 : taken.at(part));
  }
  for (const auto& [part, count] : taken) {
    EXPECT_EQ(expected.count(part), 1u) << testing::PrintToString(part);
  }
  EXPECT_GT(FitProbability(counts, weights), 0.01);
}

// Sides of 128, 112, 96 and 84 (0.66 of 128, rounded down), a step apart.
TEST(MultiScaleCropTest, TakesEachPairOfSidesAtThirteenPlacesEquallyOften) {
  const std::vector<std::pair<int64_t, int64_t>> sides = {
      {128, 128}, {128, 112}, {112, 128}, {112, 112}, {112, 96},
      {96, 112},  {96, 96},   {96, 84},   {84, 96},   {84, 84}};
  ExpectParts(Picture(128, 170).Taken(""), Expected(sides, 13));
}

TEST(MultiScaleCropTest, TakesCornersAndMiddleOfSquaresIfTold) {
  ExpectParts(
      Picture(128, 170).Taken("scale: [ 1, 0.75 ] max_distort: 0 places: FIVE"),
      Expected({{128, 128}, {96, 96}}, 5));
}

// 125 x 125 of 128 x 128: 16 places.
TEST(MultiScaleCropTest, TakesAnyPlaceIfTold) {
  Parts expected;
  for (int64_t top = 0; top <= 3; ++top) {
    for (int64_t left = 0; left <= 3; ++left) {
      expected[{top, left, 125, 125}] = 1;
    }
  }
  ExpectParts(Picture(128, 128).Taken("scale: 0.98 places: ANYWHERE"),
              expected);
}

// 0.87 of 126 is 109, within 2 pixels of none; 0.875 of 126 is 110, of 112.
TEST(MultiScaleCropTest, TakesTheResultingSideWhereItIsNear) {
  const std::string_view rest = " max_distort: 0 places: FIVE";
  for (const auto& [part, count] :
       Picture(126, 126).Taken(absl::StrCat("scale: 0.87", View(rest)), 20)) {
    EXPECT_EQ(part[2], 109);
    EXPECT_EQ(part[3], 109);
  }
  for (const auto& [part, count] :
       Picture(126, 126).Taken(absl::StrCat("scale: 0.875", View(rest)), 20)) {
    EXPECT_EQ(part[2], 112);
    EXPECT_EQ(part[3], 112);
  }
}

TEST(MultiScaleCropTest, StaysWithinASmallImage) {
  EXPECT_EQ(Picture(110, 110).Taken("scale: 1", 20),
            (Parts{{{0, 0, 110, 110}, 20}}));
  EXPECT_EQ(Picture(1, 1).Taken("", 20), (Parts{{{0, 0, 1, 1}, 20}}));
}

TEST(MultiScaleCropTest, RefusesBadOptions) {
  const auto made = [](std::string_view options) {
    return Make<Transform>("recipe.MultiScaleCrop", options);
  };
  EXPECT_THAT(made(""),
              FailsWith("either size must be given, or height and width"));
  EXPECT_THAT(made("size: 8 scale: [ 1, 0 ]"),
              FailsWith("scale must be above 0 and at most 1, got 0"));
  EXPECT_THAT(made("size: 8 scale: 1.5"),
              FailsWith("scale must be above 0 and at most 1, got 1.5"));
  EXPECT_THAT(made("size: 8 max_distort: -1"),
              FailsWith("max_distort must be at least 0, got -1"));
}

}  // namespace
}  // namespace toque
