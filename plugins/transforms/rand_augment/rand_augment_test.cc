#include <map>
#include <set>
#include <vector>

#include "framework/augment/operation.h"
#include "framework/augment/resampling.h"
#include "framework/core/transform.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

using Levels = std::vector<uint8_t>;

constexpr int64_t kHeight = 24;
constexpr int64_t kWidth = 32;

class RandAugmentTest : public testing::Test {
 protected:
  // Colours of 40 to 220, so that each operation has something to do.
  RandAugmentTest() : pixels_(kHeight * kWidth * 3) {
    for (size_t i = 0; i < pixels_.size(); ++i) {
      pixels_[i] = static_cast<uint8_t>(40 + (i * i + 3 * i) % 181);
    }
  }

  Image& Show(Example& example) const {
    Image& image = example.SetImage();
    image.View(pixels_.data(), PixelLayout::Interleaved(3, kHeight, kWidth));
    return image;
  }

  static Levels LevelsOf(Image& image) {
    const auto pixels = image.Edit();
    EXPECT_OK(pixels);
    return {pixels->data, pixels->data + image.elements()};
  }

  Levels Augmented(std::string_view options, uint64_t seed) const {
    Example example;
    Image& image = Show(example);
    Rng rng(seed);
    EXPECT_OK(MakeOrDie<Transform>("recipe.RandAugment", options)
                  ->Apply(example, rng));
    return LevelsOf(image);
  }

  // The result of one operation of magnitude 30 of 31, either way.
  Levels Operated(int64_t operation, double sign) const {
    // 150/331 of 32 and 24 pixels are cut off to 14 and 10.
    static constexpr double kMagnitudes[] = {0,    0.3f, 0.3f, 14, 10, 30, 0.9f,
                                             0.9f, 0.9f, 0.9f, 4,  0,  0,  0};
    Example example;
    Image& image = Show(example);
    EXPECT_OK(Augment(
        image,
        {static_cast<Operation>(operation), sign * kMagnitudes[operation]},
        *Resampling::Of(NEAREST, {})));
    return LevelsOf(image);
  }

  Levels pixels_;
};

// 22 degrees of freedom: 48.3 is exceeded with probability 0.001.
TEST_F(RandAugmentTest, CarriesOutEachOperationEquallyOften) {
  std::map<Levels, double> expected;
  for (int64_t operation = 0; operation < kOperations; ++operation) {
    const bool has_sign = 1 <= operation && operation <= 9;
    const double share = 2800.0 / kOperations / (has_sign ? 2 : 1);
    expected[Operated(operation, 1)] += share;
    if (has_sign) expected[Operated(operation, -1)] += share;
  }
  ASSERT_EQ(expected.size(), 23u);
  std::map<Levels, double> counts;
  for (uint64_t seed = 0; seed < 2800; ++seed) {
    ++counts[Augmented("num_ops: 1 magnitude: 30", seed)];
  }
  double chi_square = 0;
  for (const auto& [levels, count] : counts) {
    ASSERT_TRUE(expected.contains(levels));
    const double share = expected[levels];
    chi_square += (count - share) * (count - share) / share;
  }
  EXPECT_EQ(counts.size(), 23u);
  EXPECT_LT(chi_square, 48.3);
}

TEST_F(RandAugmentTest, CarriesOutSeveralOperations) {
  std::set<Levels> one, two;
  for (uint64_t seed = 0; seed < 300; ++seed) {
    one.insert(Augmented("num_ops: 1", seed));
    two.insert(Augmented("num_ops: 2", seed));
  }
  EXPECT_LE(one.size(), 23u);
  EXPECT_GT(two.size(), 100u);
}

TEST_F(RandAugmentTest, RefusesOtherChannelsWhateverIsDrawn) {
  for (uint64_t seed = 0; seed < 50; ++seed) {
    Example example;
    example.SetImage().View(pixels_.data(),
                            PixelLayout::Interleaved(2, kHeight, kWidth));
    Rng rng(seed);
    EXPECT_THAT(MakeOrDie<Transform>("recipe.RandAugment")->Apply(example, rng),
                FailsWith("the images must have 1 or 3 channels, got 2"));
  }
}

TEST_F(RandAugmentTest, RefusesBadOptions) {
  EXPECT_THAT(Make<Transform>("recipe.RandAugment", "num_ops: 0 bins: 1"),
              FailsWith("num_ops must be at least 1, got 0\nhere: "
                        "recipe.RandAugment: bins must be at least 2, got 1"));
  EXPECT_THAT(Make<Transform>("recipe.RandAugment", "magnitude: 31"),
              FailsWith("magnitude must be from 0 to 30, got 31"));
  EXPECT_THAT(Make<Transform>("recipe.RandAugment", "fill: -1"),
              FailsWith("fill must be from 0 to 1, got -1"));
}

}  // namespace
}  // namespace toque
