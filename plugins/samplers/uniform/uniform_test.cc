#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "framework/core/sampler.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

using testing::ElementsAre;

std::vector<int64_t> Pick(int64_t clip, int64_t frames,
                          std::string_view spread) {
  const auto sampler = MakeOrDie<Sampler>(
      "recipe.Uniform",
      absl::StrCat("frames: ", frames, " spread: ", View(spread)));
  Rng rng(1);
  std::vector<int64_t> picks;
  EXPECT_OK(sampler->Sample({clip}, rng, &picks));
  return picks;
}

TEST(UniformTest, TakesTheMiddlesOfEqualParts) {
  EXPECT_THAT(Pick(12, 3, "MIDDLES"), ElementsAre(2, 6, 10));
  EXPECT_THAT(Pick(10, 4, "MIDDLES"), ElementsAre(1, 3, 6, 8));
  EXPECT_THAT(Pick(7, 1, "MIDDLES"), ElementsAre(3));
}

TEST(UniformTest, TakesTheFirstAndTheLastFrameIfTold) {
  EXPECT_THAT(Pick(12, 3, "ENDS"), ElementsAre(0, 6, 11));
  EXPECT_THAT(Pick(10, 4, "ENDS"), ElementsAre(0, 3, 6, 9));
  EXPECT_THAT(Pick(7, 1, "ENDS"), ElementsAre(3));
}

TEST(UniformTest, RepeatsFramesOfAShortClipInOrder) {
  EXPECT_THAT(Pick(2, 5, "MIDDLES"), ElementsAre(0, 0, 1, 1, 1));
  EXPECT_THAT(Pick(2, 4, "ENDS"), ElementsAre(0, 0, 1, 1));
  EXPECT_THAT(Pick(1, 3, "ENDS"), ElementsAre(0, 0, 0));
}

// Rounded from floating point.
TEST(UniformTest, IsTheClosedFormForEveryLengthAndNumber) {
  for (int64_t clip = 1; clip <= 60; ++clip) {
    for (int64_t frames = 2; frames <= 30; ++frames) {
      const auto middles = Pick(clip, frames, "MIDDLES");
      const auto ends = Pick(clip, frames, "ENDS");
      ASSERT_EQ(static_cast<int64_t>(ends.size()), frames);
      for (size_t i = 0; i < ends.size(); ++i) {
        const double share =
            (static_cast<double>(i) + 0.5) / static_cast<double>(frames);
        const double place = static_cast<double>(i) /
                             static_cast<double>(frames - 1) *
                             static_cast<double>(clip - 1);
        EXPECT_EQ(middles[i],
                  std::floor(share * static_cast<double>(clip) + 1e-9));
        EXPECT_EQ(ends[i], std::floor(place + 0.5 + 1e-9));
      }
    }
  }
}

TEST(UniformTest, IsASamplerOfFrames) {
  const auto layout = MakeOrDie<Sampler>("recipe.Uniform")->Layout();
  ASSERT_TRUE(layout.has_value());
  EXPECT_EQ(layout->views * layout->segments * layout->frames, 8);
}

TEST(UniformTest, RefusesBadOptionsAndEmptyClips) {
  EXPECT_THAT(Make<Sampler>("recipe.Uniform", "frames: 0"),
              FailsWith("frames must be at least 1, got 0"));
  Rng rng(0);
  std::vector<int64_t> picks;
  EXPECT_THAT(MakeOrDie<Sampler>("recipe.Uniform")->Sample({0}, rng, &picks),
              FailsWith("a clip must have at least 1 frame, got 0"));
}

}  // namespace
}  // namespace toque
