#include <map>
#include <vector>

#include "framework/augment/operation.h"
#include "framework/augment/resampling.h"
#include "framework/core/transform.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

using Levels = std::vector<uint8_t>;

constexpr int64_t kSide = 72;

class TrivialAugmentTest : public testing::Test {
 protected:
  TrivialAugmentTest() : pixels_(kSide * kSide * 3) {
    for (size_t i = 0; i < pixels_.size(); ++i) {
      pixels_[i] = static_cast<uint8_t>(40 + (i * i + 3 * i) % 181);
    }
  }

  Image& Show(Example& example) const {
    Image& image = example.SetImage();
    image.View(pixels_.data(), PixelLayout::Interleaved(3, kSide, kSide));
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
    EXPECT_OK(MakeOrDie<Transform>("recipe.TrivialAugment", options)
                  ->Apply(example, rng));
    return LevelsOf(image);
  }

  Levels Operated(int64_t operation, double magnitude) const {
    Example example;
    Image& image = Show(example);
    EXPECT_OK(Augment(image, {static_cast<Operation>(operation), magnitude},
                      *Resampling::Of(NEAREST, {})));
    return LevelsOf(image);
  }

  Levels pixels_;
};

// Of two bins one is the greatest magnitude of each operation, and the other
// leaves the picture as it is.
TEST_F(TrivialAugmentTest, DrawsOperationAndMagnitudeUniformly) {
  constexpr double kMagnitudes[] = {0,     0.99f, 0.99f, 32, 32, 135, 0.99f,
                                    0.99f, 0.99f, 0.99f, 2,  0,  0,   0};
  std::map<Levels, double> expected;
  for (int64_t operation = 0; operation < kOperations; ++operation) {
    const bool has_sign = 1 <= operation && operation <= 9;
    const bool has_bins = 1 <= operation && operation <= 11;
    const double most = kMagnitudes[operation];
    const double share = 2800.0 / kOperations / (has_bins ? 2 : 1);
    if (has_bins) expected[pixels_] += share;
    expected[Operated(operation, most)] += has_sign ? share / 2 : share;
    if (has_sign) expected[Operated(operation, -most)] += share / 2;
  }
  ASSERT_EQ(expected.size(), 23u);
  std::map<Levels, double> counts;
  for (uint64_t seed = 0; seed < 2800; ++seed) {
    ++counts[Augmented("bins: 2", seed)];
  }
  double chi_square = 0;
  for (const auto& [levels, count] : counts) {
    ASSERT_TRUE(expected.contains(levels));
    const double share = expected[levels];
    chi_square += (count - share) * (count - share) / share;
  }
  // 22 degrees of freedom: 48.3 is exceeded with probability 0.001.
  EXPECT_LT(chi_square, 48.3);
}

TEST_F(TrivialAugmentTest, RefusesFlow) {
  Example example;
  Show(example).set_content(Content::kFlow);
  Rng rng(1);
  EXPECT_THAT(
      MakeOrDie<Transform>("recipe.TrivialAugment")->Apply(example, rng),
      FailsWith("the images must hold colours, got optical flow"));
}

TEST_F(TrivialAugmentTest, RefusesBadOptions) {
  EXPECT_THAT(Make<Transform>("recipe.TrivialAugment", "bins: 1"),
              FailsWith("bins must be at least 2, got 1"));
  EXPECT_THAT(Make<Transform>("recipe.TrivialAugment", "filter: BICUBIC"),
              FailsWith("filter must be NEAREST or BILINEAR, got BICUBIC"));
}

}  // namespace
}  // namespace toque
