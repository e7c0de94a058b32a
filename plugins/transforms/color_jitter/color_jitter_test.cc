#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <vector>

#include "framework/core/transform.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

using testing::ElementsAre;

using Levels = std::vector<int>;

// A row of pixels, changed.
absl::StatusOr<Levels> Jittered(std::string_view options,
                                const std::vector<uint8_t>& row, uint64_t seed,
                                int64_t channels = 1) {
  Example example;
  const auto width = static_cast<int64_t>(row.size()) / channels;
  Image& image = example.SetImage();
  image.View(row.data(), PixelLayout::Interleaved(channels, 1, width));
  Rng rng(seed);
  RETURN_IF_ERROR(
      MakeOrDie<Transform>("recipe.ColorJitter", options)->Apply(example, rng));
  ASSIGN_OR_RETURN(const EditablePixels pixels, image.Edit());
  return Levels(pixels.data, pixels.data + row.size());
}

// Ten bins of a factor that is uniform over 0.6 .. 1.4; nine degrees of
// freedom: 27.9 is exceeded with probability 0.001.
TEST(ColorJitterTest, DrawsTheFactorUniformly) {
  std::array<double, 10> counts = {};
  for (uint64_t seed = 0; seed < 4000; ++seed) {
    const auto row = Jittered("brightness: 0.4", {100}, seed);
    ASSERT_OK(row);
    const int level = (*row)[0];
    ASSERT_GE(level, 59);
    ASSERT_LT(level, 140);
    ++counts[static_cast<size_t>(std::max(level - 60, 0) / 8)];
  }
  double chi_square = 0;
  for (const double count : counts) {
    chi_square += (count - 400) * (count - 400) / 400;
  }
  EXPECT_LT(chi_square, 27.9);
}

TEST(ColorJitterTest, KeepsTheFactorFromFallingBelow0) {
  for (uint64_t seed = 0; seed < 200; ++seed) {
    const auto row = Jittered("contrast: 5", {99, 101}, seed);
    ASSERT_OK(row);
    // Below 0 the darker one would become the lighter one.
    EXPECT_LE((*row)[0], (*row)[1]);
  }
}

// Contrast cuts 200 off at 255; brightness before it moves that place. The
// pixel of the mean shows the brightness alone.
TEST(ColorJitterTest, ChangesInEitherOrder) {
  int brightness_last = 0;
  int contrast_last = 0;
  for (uint64_t seed = 0; seed < 400; ++seed) {
    const auto row =
        Jittered("brightness: 0.5 contrast: 3", {0, 100, 200}, seed);
    ASSERT_OK(row);
    const int middle = (*row)[1];
    if (middle >= 95) continue;
    // What 255 becomes by this brightness.
    const double bound = 2.55 * (middle + 1);
    if ((*row)[2] > bound + 2) ++contrast_last;
    if (std::abs((*row)[2] - 2.55 * (middle + 0.5)) < 2) ++brightness_last;
  }
  EXPECT_GT(contrast_last, 30);
  EXPECT_GT(brightness_last, 30);
}

TEST(ColorJitterTest, TurnsTheHueOfRedEitherWay) {
  std::map<bool, int> counts;
  for (uint64_t seed = 0; seed < 200; ++seed) {
    const auto row = Jittered("hue: 0.1", {200, 0, 0}, seed, 3);
    ASSERT_OK(row);
    EXPECT_EQ((*row)[0], 200);
    // A tenth of the circle is 0.6 of the way to yellow or magenta.
    EXPECT_LE((*row)[1], 0.6 * 200 + 1);
    EXPECT_LE((*row)[2], 0.6 * 200 + 1);
    ++counts[(*row)[1] > (*row)[2]];
  }
  EXPECT_GT(counts[true], 60);
  EXPECT_GT(counts[false], 60);
}

TEST(ColorJitterTest, LeavesOutWhatIs0) {
  const auto row = Jittered("", {1, 2, 3, 201, 77, 90}, 1, 3);
  ASSERT_OK(row);
  EXPECT_THAT(*row, ElementsAre(1, 2, 3, 201, 77, 90));
}

// A count of a binomial whose standard deviation is 14; four of them.
TEST(ColorJitterTest, ChangesAsOftenAsItsProbability) {
  int changed = 0;
  for (uint64_t seed = 0; seed < 1000; ++seed) {
    const auto row = Jittered("brightness: 0.9 probability: 0.25", {250}, seed);
    ASSERT_OK(row);
    changed += (*row)[0] != 250;
  }
  EXPECT_NEAR(changed, 250, 56);
}

TEST(ColorJitterTest, RefusesFlow) {
  const std::array<uint8_t, 2> pixels = {};
  Example example;
  Image& image = example.SetImage();
  image.View(pixels.data(), PixelLayout::Interleaved(2, 1, 1));
  image.set_content(Content::kFlow);
  Rng rng(1);
  EXPECT_THAT(MakeOrDie<Transform>("recipe.ColorJitter", "hue: 0.1")
                  ->Apply(example, rng),
              FailsWith("the images must hold colours, got optical flow"));
}

TEST(ColorJitterTest, RefusesBadOptions) {
  EXPECT_THAT(Make<Transform>("recipe.ColorJitter", "brightness: -1 hue: 0.6"),
              FailsWith("brightness must be from 0 to 1000, got -1\n"
                        "here: recipe.ColorJitter: hue must be from 0 to 0.5, "
                        "got 0.6"));
  EXPECT_THAT(Make<Transform>("recipe.ColorJitter", "contrast: nan"),
              FailsWith("contrast must be from 0 to 1000, got nan"));
  EXPECT_THAT(Make<Transform>("recipe.ColorJitter", "saturation: 1e300"),
              FailsWith("saturation must be from 0 to 1000, got 1e+300"));
}

}  // namespace
}  // namespace toque
