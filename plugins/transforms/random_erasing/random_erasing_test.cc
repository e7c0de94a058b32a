#include <algorithm>
#include <cmath>
#include <optional>

#include "framework/core/transform.h"
#include "framework/testing/region_counts.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

constexpr int64_t kHeight = 24, kWidth = 40;

// A picture of the given number of channels whose values are 1, after the
// transform.
std::vector<float> Erased(const Transform& transform, uint64_t seed,
                          int64_t channels = 1) {
  static const std::vector<uint8_t> pixels(3 * kHeight * kWidth, 255);
  Example example;
  example.SetImage().View(pixels.data(),
                          PixelLayout::Planar(channels, kHeight, kWidth));
  Rng rng(seed);
  EXPECT_OK(transform.Apply(example, rng));
  std::vector<float> out(static_cast<size_t>(channels * kHeight * kWidth));
  EXPECT_OK(example.images[0][0].Write(out.data()));
  return out;
}

// The rectangle of zeros; none where there are no zeros.
std::optional<Region> Zeros(const std::vector<float>& values) {
  int64_t top = kHeight, left = kWidth, bottom = -1, right = -1, count = 0;
  for (int64_t i = 0; i < kHeight * kWidth; ++i) {
    if (values[static_cast<size_t>(i)] != 0) continue;
    top = std::min(top, i / kWidth);
    left = std::min(left, i % kWidth);
    bottom = std::max(bottom, i / kWidth);
    right = std::max(right, i % kWidth);
    ++count;
  }
  if (count == 0) return std::nullopt;
  const Region region = {top, left, bottom - top + 1, right - left + 1};
  EXPECT_EQ(count, region.height * region.width);
  return region;
}

// A million draws of torchvision 0.26: tests/goldens/crops.py
TEST(RandomErasingTest, DrawsAsTorchvision) {
  const auto transform =
      MakeOrDie<Transform>("recipe.RandomErasing", "probability: 1");
  RegionCounts counts;
  for (uint64_t seed = 0; seed < 100000; ++seed) {
    const auto region = Zeros(Erased(*transform, seed));
    ASSERT_TRUE(region.has_value());
    counts.Add(*region, kHeight, kWidth, 0.29);
  }
  ExpectSameSource(
      counts, {.area = {269551, 351244, 298173, 81032, 0, 0, 0, 0, 0, 0},
               .aspect = {41696, 77935, 81606, 100772, 107327, 95388, 107857,
                          100637, 96422, 106959, 83401},
               .top = {149196, 90767, 104581, 94895, 83870, 119397, 106679,
                       92989, 103140, 54486},
               .left = {118420, 97670, 102135, 97339, 94392, 105450, 101843,
                        98291, 101417, 83043},
               .area_and_aspect = {292351, 370698, 255919, 9658, 40511, 30863,
                                   0, 0, 0, 0, 0, 0}});
}

// A count of a binomial whose standard deviation is 43; four of them.
TEST(RandomErasingTest, ErasesAsOftenAsItsProbability) {
  const auto transform =
      MakeOrDie<Transform>("recipe.RandomErasing", "probability: 0.25");
  int erased = 0;
  for (uint64_t seed = 0; seed < 10000; ++seed) {
    erased += Zeros(Erased(*transform, seed)).has_value();
  }
  EXPECT_NEAR(erased, 2500, 173);
}

TEST(RandomErasingTest, ErasesNothingAtProbabilityZero) {
  const auto transform =
      MakeOrDie<Transform>("recipe.RandomErasing", "probability: 0");
  for (uint64_t seed = 0; seed < 100; ++seed) {
    EXPECT_FALSE(Zeros(Erased(*transform, seed)).has_value());
  }
}

// No part of the whole area is smaller than the image in both directions.
TEST(RandomErasingTest, ErasesNothingWhereNoDrawFits) {
  const auto transform = MakeOrDie<Transform>(
      "recipe.RandomErasing", "probability: 1 scale_min: 1 scale_max: 1");
  for (uint64_t seed = 0; seed < 100; ++seed) {
    EXPECT_FALSE(Zeros(Erased(*transform, seed)).has_value());
  }
}

TEST(RandomErasingTest, GivesEachChannelItsValueInOnePlace) {
  const auto transform = MakeOrDie<Transform>(
      "recipe.RandomErasing", "probability: 1 value: [ 0, 0.5, 2 ]");
  const std::vector<float> out = Erased(*transform, 3, 3);
  ASSERT_TRUE(Zeros(out).has_value());
  for (size_t i = 0; i < kHeight * kWidth; ++i) {
    const bool erased = out[i] == 0;
    EXPECT_EQ(out[kHeight * kWidth + i], erased ? 0.5f : 1.0f);
    EXPECT_EQ(out[2 * kHeight * kWidth + i], erased ? 2.0f : 1.0f);
  }
}

TEST(RandomErasingTest, GivesNoiseOfMeanZeroAndDeviationOne) {
  const auto transform = MakeOrDie<Transform>("recipe.RandomErasing",
                                              "probability: 1 noise: true");
  double count = 0, sum = 0, squares = 0;
  for (uint64_t seed = 0; seed < 100; ++seed) {
    for (const float value : Erased(*transform, seed, 3)) {
      if (value == 1) continue;
      ++count;
      sum += value;
      squares += value * value;
    }
  }
  ASSERT_GT(count, 10000);
  EXPECT_NEAR(sum / count, 0, 4 / std::sqrt(count));
  EXPECT_NEAR(squares / count, 1, 4 * std::sqrt(2 / count));
  EXPECT_EQ(Erased(*transform, 3, 3), Erased(*transform, 3, 3));
}

// After Normalize the value is in the normalised picture's units.
TEST(RandomErasingTest, ErasesWhatIsNormalised) {
  const std::vector<uint8_t> pixels(100, 255);
  Example example;
  Image& image = example.SetImage();
  image.View(pixels.data(), PixelLayout::Planar(1, 10, 10));
  const float mean = 0.5, std = 0.25;
  ASSERT_OK(image.Normalize({&mean, 1}, {&std, 1}));
  Rng rng(0);
  ASSERT_OK(MakeOrDie<Transform>("recipe.RandomErasing", "probability: 1")
                ->Apply(example, rng));
  std::vector<float> out(100);
  ASSERT_OK(image.Write(out.data()));
  EXPECT_THAT(out, testing::Contains(0));
  EXPECT_THAT(out, testing::Each(testing::AnyOf(0, testing::FloatEq(2))));
}

TEST(RandomErasingTest, RefusesAnotherNumberOfChannels) {
  const std::vector<uint8_t> pixels(300);
  Example example;
  example.SetImage().View(pixels.data(), PixelLayout::Planar(3, 10, 10));
  Rng rng(0);
  EXPECT_THAT(MakeOrDie<Transform>("recipe.RandomErasing", "value: [ 1, 2 ]")
                  ->Apply(example, rng),
              FailsWith("value must have 1 or 3 values, as the image has "
                        "channels, got 2"));
}

TEST(RandomErasingTest, ErasesNothingWhereNoIntegerHoldsASide) {
  const std::vector<uint8_t> pixels(300, 255);
  for (const char* options :
       {"probability: 1 ratio_min: 1e300 ratio_max: 1e300",
        "probability: 1 ratio_min: 1e-300 ratio_max: 1e-300"}) {
    Example example;
    Image& image = example.SetImage();
    image.View(pixels.data(), PixelLayout::Planar(3, 10, 10));
    Rng rng(0);
    ASSERT_OK(MakeOrDie<Transform>("recipe.RandomErasing", options)
                  ->Apply(example, rng));
    std::vector<float> out(300);
    ASSERT_OK(image.Write(out.data()));
    EXPECT_THAT(out, testing::Each(testing::FloatEq(1)));
  }
}

TEST(RandomErasingTest, RefusesBadOptions) {
  const auto made = [](std::string_view options) {
    return Make<Transform>("recipe.RandomErasing", options);
  };
  EXPECT_THAT(made("probability: 1.5"),
              FailsWith("probability must be from 0 to 1, got 1.5"));
  EXPECT_THAT(made("scale_max: 0.01"),
              FailsWith("scale_max must be from 0.02 to 1, got 0.01"));
  EXPECT_THAT(made("ratio_min: nan"),
              FailsWith("ratio_min must be above 0, got nan"));
  EXPECT_THAT(made("ratio_max: 0.1"),
              FailsWith("ratio_max must be at least 0.3, got 0.1"));
  EXPECT_THAT(made("value: 1 noise: true"),
              FailsWith("value must not be given beside noise"));
  EXPECT_THAT(made("value: inf"), FailsWith("value must be finite, got inf"));
}

}  // namespace
}  // namespace toque
