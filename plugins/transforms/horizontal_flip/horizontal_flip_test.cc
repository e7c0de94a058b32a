#include <array>

#include "ATen/ops/flip.h"
#include "ATen/ops/from_blob.h"
#include "framework/core/transform.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

using testing::ElementsAreArray;

using Pixels = std::array<float, 12>;

// Two channels of 2 x 3 pixels.
constexpr Pixels kPixels = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};

// Applied `times` times.
Pixels Flipped(std::string_view options, uint64_t seed = 0, int times = 1) {
  Example example;
  example.SetImage().View(kPixels.data(), PixelLayout::Planar(2, 2, 3));
  const auto transform = MakeOrDie<Transform>("recipe.HorizontalFlip", options);
  Rng rng(seed);
  for (int i = 0; i < times; ++i) EXPECT_OK(transform->Apply(example, rng));
  Pixels out;
  EXPECT_OK(example.images[0][0].Write(out.data()));
  return out;
}

TEST(HorizontalFlipTest, ReversesTheLastAxis) {
  Pixels copy = kPixels;
  const at::Tensor expected =
      at::from_blob(copy.data(), {2, 2, 3}).flip({2}).contiguous();
  EXPECT_THAT(Flipped("probability: 1"),
              ElementsAreArray(expected.const_data_ptr<float>(), 12));
}

TEST(HorizontalFlipTest, TwiceGivesTheImageBack) {
  EXPECT_EQ(Flipped("probability: 1", 0, 2), kPixels);
}

TEST(HorizontalFlipTest, NeverFlipsAtProbabilityZero) {
  for (uint64_t seed = 0; seed < 100; ++seed) {
    EXPECT_EQ(Flipped("probability: 0", seed), kPixels);
  }
}

// A count of a binomial whose standard deviation is 43; four of them.
TEST(HorizontalFlipTest, FlipsAsOftenAsItsProbability) {
  int flips = 0;
  for (uint64_t seed = 0; seed < 10000; ++seed) {
    flips += Flipped("probability: 0.25", seed) != kPixels;
  }
  EXPECT_NEAR(flips, 2500, 173);
}

TEST(HorizontalFlipTest, RefusesBadOptions) {
  EXPECT_THAT(Make<Transform>("recipe.HorizontalFlip", "probability: 1.5"),
              FailsWith("probability must be from 0 to 1, got 1.5"));
  EXPECT_THAT(Make<Transform>("recipe.HorizontalFlip", "probability: nan"),
              FailsWith("probability must be from 0 to 1, got nan"));
}

}  // namespace
}  // namespace toque
