#include "framework/core/sampler.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

using testing::ElementsAre;

std::vector<int64_t> Pick(int64_t frames, std::string_view options,
                          uint64_t seed = 1) {
  const auto sampler = MakeOrDie<Sampler>("recipe.Dense", options);
  Rng rng(seed);
  std::vector<int64_t> picks;
  EXPECT_OK(sampler->Sample({frames}, rng, &picks));
  return picks;
}

// It may begin at 0 .. 4.
TEST(DenseTest, TakesTheMiddleForTesting) {
  EXPECT_THAT(Pick(11, "mode: TEST frames: 3 stride: 3"), ElementsAre(2, 5, 8));
  EXPECT_THAT(Pick(9, "mode: TEST frames: 1"), ElementsAre(4));
}

TEST(DenseTest, SpreadsViewsEvenly) {
  // 13 places: 1/6, 3/6 and 5/6 of them.
  EXPECT_THAT(Pick(15, "mode: TEST frames: 2 stride: 2 views: 3"),
              ElementsAre(2, 4, 6, 8, 10, 12));
}

// 20 places at a tenth each, and the last stretch ends within the clip.
TEST(DenseTest, TestsTenClips) {
  const std::vector<int64_t> picks =
      Pick(50, "mode: TEST frames: 16 stride: 2 views: 10");
  ASSERT_EQ(picks.size(), 160u);
  for (size_t view = 0; view < 10; ++view) {
    for (size_t frame = 0; frame < 16; ++frame) {
      EXPECT_EQ(picks[view * 16 + frame],
                static_cast<int64_t>(view * 2 + 1 + frame * 2));
    }
  }
}

// Five places; with four degrees of freedom 18.5 is exceeded with probability
// 0.001.
TEST(DenseTest, BeginsAnywhereEquallyOftenForTraining) {
  std::vector<double> counts(5);
  const int draws = 5000;
  for (uint64_t seed = 0; seed < draws; ++seed) {
    const std::vector<int64_t> picks = Pick(8, "frames: 2 stride: 3", seed);
    ASSERT_THAT(picks, ElementsAre(picks[0], picks[0] + 3));
    ++counts.at(static_cast<size_t>(picks[0]));
  }
  double chi_square = 0;
  for (const double count : counts) {
    chi_square += (count - 1000) * (count - 1000) / 1000;
  }
  EXPECT_LT(chi_square, 18.5);
}

TEST(DenseTest, RepeatsTheLastFrameOfAShortClip) {
  EXPECT_THAT(Pick(3, "frames: 4 stride: 1"), ElementsAre(0, 1, 2, 2));
  EXPECT_THAT(Pick(4, "mode: TEST frames: 3 stride: 2 views: 2"),
              ElementsAre(0, 2, 3, 0, 2, 3));
  EXPECT_THAT(Pick(1, "frames: 2"), ElementsAre(0, 0));
}

TEST(DenseTest, IsASamplerOfFrames) {
  const auto layout =
      MakeOrDie<Sampler>("recipe.Dense", "mode: TEST views: 10")->Layout();
  ASSERT_TRUE(layout.has_value());
  EXPECT_EQ(layout->views, 10);
  EXPECT_EQ(layout->segments, 1);
  EXPECT_EQ(layout->frames, 16);
}

TEST(DenseTest, RefusesBadOptionsAndEmptyClips) {
  const auto made = [](std::string_view options) {
    return Make<Sampler>("recipe.Dense", options);
  };
  EXPECT_THAT(made("frames: 0"), FailsWith("frames must be at least 1, got 0"));
  EXPECT_THAT(made("stride: -1"),
              FailsWith("stride must be at least 1, got -1"));
  EXPECT_THAT(made("views: 0"), FailsWith("views must be at least 1, got 0"));
  EXPECT_THAT(made("views: 2"), FailsWith("views must be 1 for TRAIN, got 2"));
  Rng rng(0);
  std::vector<int64_t> picks;
  EXPECT_THAT(MakeOrDie<Sampler>("recipe.Dense")->Sample({0}, rng, &picks),
              FailsWith("a clip must have at least 1 frame, got 0"));
}

}  // namespace
}  // namespace toque
