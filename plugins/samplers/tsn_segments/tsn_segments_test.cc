#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "framework/core/sampler.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

using testing::ElementsAre;

std::vector<int64_t> Pick(int64_t frames, int64_t segments,
                          std::string_view options, uint64_t seed = 1) {
  const auto sampler = MakeOrDie<Sampler>(
      "recipe.TsnSegments",
      absl::StrCat("segments: ", segments, " ", View(options)));
  Rng rng(seed);
  std::vector<int64_t> picks;
  EXPECT_OK(sampler->Sample({frames}, rng, &picks));
  return picks;
}

TEST(TsnSegmentsTest, TakesTheMiddleOfEachSegmentForTesting) {
  EXPECT_THAT(Pick(10, 3, "mode: TEST"), ElementsAre(1, 4, 7));
  // The upper middle of an even length.
  EXPECT_THAT(Pick(12, 3, "mode: TEST"), ElementsAre(2, 6, 10));
  EXPECT_THAT(Pick(5, 3, "mode: TEST"), ElementsAre(0, 1, 2));
  EXPECT_THAT(Pick(4, 3, "mode: TEST"), ElementsAre(0, 1, 2));
  EXPECT_THAT(Pick(3, 3, "mode: TEST"), ElementsAre(0, 1, 2));
}

TEST(TsnSegmentsTest, RepeatsFramesEvenlyForTestingWhereThereAreTooFew) {
  EXPECT_THAT(Pick(2, 3, "mode: TEST"), ElementsAre(0, 0, 1));
  EXPECT_THAT(Pick(1, 3, "mode: TEST"), ElementsAre(0, 0, 0));
  EXPECT_THAT(Pick(2, 5, "mode: TEST"), ElementsAre(0, 0, 0, 1, 1));
  EXPECT_THAT(Pick(3, 5, "mode: TEST"), ElementsAre(0, 0, 1, 1, 2));
}

TEST(TsnSegmentsTest, ReachesTheTailWhenSpreadProportionally) {
  // Bounds 0, 3, 6, 10, whose last segment has 4 frames.
  EXPECT_THAT(Pick(10, 3, "mode: TEST spread: PROPORTIONAL"),
              ElementsAre(1, 4, 8));
  std::set<int64_t> seen;
  for (uint64_t seed = 0; seed < 200; ++seed) {
    for (const int64_t pick : Pick(10, 3, "spread: PROPORTIONAL", seed)) {
      seen.insert(pick);
    }
  }
  EXPECT_EQ(seen.size(), 10u);
}

TEST(TsnSegmentsTest, NeverDrawsTheTailOtherwise) {
  for (uint64_t seed = 0; seed < 200; ++seed) {
    EXPECT_LT(Pick(11, 3, "", seed).back(), 9);
  }
}

TEST(TsnSegmentsTest, GivesEveryFrameOnceWhereFramesAndSegmentsAreAsMany) {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    EXPECT_THAT(Pick(4, 4, "", seed), ElementsAre(0, 1, 2, 3));
  }
}

TEST(TsnSegmentsTest, SpreadsAClipWithFewerFramesThanSegments) {
  for (uint64_t seed = 0; seed < 50; ++seed) {
    const std::vector<int64_t> picks = Pick(5, 8, "", seed);
    const std::set<int64_t> distinct(picks.begin(), picks.end());
    EXPECT_THAT(distinct, ElementsAre(0, 1, 2, 3, 4));
  }
}

TEST(TsnSegmentsTest, IsInRangeAndSortedForEveryLengthAndNumberOfSegments) {
  for (const auto* options :
       {"mode: TRAIN", "mode: TEST", "mode: TRAIN spread: PROPORTIONAL",
        "mode: TEST spread: PROPORTIONAL"}) {
    for (int64_t frames = 1; frames <= 50; ++frames) {
      for (const int64_t segments : {1, 2, 3, 5, 8, 25, 49, 50}) {
        const std::vector<int64_t> picks = Pick(frames, segments, options);
        ASSERT_EQ(static_cast<int64_t>(picks.size()), segments);
        EXPECT_TRUE(std::is_sorted(picks.begin(), picks.end()));
        EXPECT_GE(picks.front(), 0);
        EXPECT_LT(picks.back(), frames);
        // One a segment, so that no frame comes twice.
        const std::set<int64_t> distinct(picks.begin(), picks.end());
        EXPECT_EQ(static_cast<int64_t>(distinct.size()),
                  std::min(frames, segments));
      }
    }
  }
}

// Nine degrees of freedom: 27.9 is exceeded with probability 0.001.
TEST(TsnSegmentsTest, DrawsTheFramesOfASegmentEquallyOften) {
  std::vector<std::vector<double>> counts(3, std::vector<double>(10));
  const int draws = 5000;
  for (uint64_t seed = 0; seed < draws; ++seed) {
    const std::vector<int64_t> picks = Pick(30, 3, "", seed);
    for (size_t i = 0; i < 3; ++i) {
      ++counts[i].at(static_cast<size_t>(picks[i]) - 10 * i);
    }
  }
  for (const auto& segment : counts) {
    double chi_square = 0;
    for (const double count : segment) {
      chi_square += (count - 500) * (count - 500) / 500;
    }
    EXPECT_LT(chi_square, 27.9);
  }
}

TEST(TsnSegmentsTest, RepeatsFramesOfAShortClipEquallyOften) {
  std::vector<double> counts(3);
  const int draws = 9000;
  for (uint64_t seed = 0; seed < draws; ++seed) {
    for (const int64_t pick : Pick(3, 4, "", seed)) {
      ++counts[static_cast<size_t>(pick)];
    }
  }
  // Each frame once, and a third of the draws once more.
  double chi_square = 0;
  for (const double count : counts) {
    chi_square += (count - draws - 3000) * (count - draws - 3000) / 3000;
  }
  EXPECT_LT(chi_square, 13.8);  // two degrees of freedom, 0.001
}

// Places 0 .. 11 - 2 * 2: two segments of four.
TEST(TsnSegmentsTest, TakesConsecutiveFramesOfEachSegment) {
  EXPECT_THAT(Pick(12, 2, "mode: TEST frames: 3 stride: 2"),
              ElementsAre(2, 4, 6, 6, 8, 10));
  EXPECT_THAT(Pick(13, 2, "mode: TEST frames: 6"),
              ElementsAre(2, 3, 4, 5, 6, 7, 6, 7, 8, 9, 10, 11));
}

TEST(TsnSegmentsTest, KeepsStretchesWithinTheirClip) {
  std::set<int64_t> firsts;
  for (uint64_t seed = 0; seed < 200; ++seed) {
    const std::vector<int64_t> picks =
        Pick(20, 2, "frames: 4 stride: 3 spread: PROPORTIONAL", seed);
    ASSERT_EQ(picks.size(), 8u);
    for (size_t i = 0; i < 8; ++i) {
      EXPECT_EQ(picks[i] - picks[i / 4 * 4], 3 * static_cast<int64_t>(i % 4));
      if (i % 4 == 0) firsts.insert(picks[i]);
    }
  }
  EXPECT_EQ(*firsts.begin(), 0);
  EXPECT_EQ(*firsts.rbegin(), 10);  // and 10 + 3 * 3 is the last frame
  EXPECT_EQ(firsts.size(), 11u);
}

TEST(TsnSegmentsTest, RepeatsTheLastFrameOfAClipShorterThanAStretch) {
  EXPECT_THAT(Pick(3, 2, "mode: TEST frames: 4"),
              ElementsAre(0, 1, 2, 2, 0, 1, 2, 2));
  EXPECT_THAT(Pick(4, 1, "frames: 3 stride: 2"), ElementsAre(0, 2, 3));
  EXPECT_THAT(Pick(5, 2, "mode: TEST frames: 5"),
              ElementsAre(0, 1, 2, 3, 4, 0, 1, 2, 3, 4));
}

// Segments of 20 frames: 1/8, 3/8, 5/8 and 7/8 of them.
TEST(TsnSegmentsTest, ShiftsViewsEvenlyWithinTheSegments) {
  EXPECT_THAT(Pick(40, 2, "mode: TEST views: 4"),
              ElementsAre(2, 22, 7, 27, 12, 32, 17, 37));
  EXPECT_THAT(Pick(3, 2, "mode: TEST views: 2 frames: 2"),
              ElementsAre(0, 1, 1, 2, 0, 1, 1, 2));
}

TEST(TsnSegmentsTest, IsASamplerOfFrames) {
  const auto layout =
      MakeOrDie<Sampler>("recipe.TsnSegments",
                         "segments: 7 frames: 5 mode: TEST views: 10")
          ->Layout();
  ASSERT_TRUE(layout.has_value());
  EXPECT_EQ(layout->views, 10);
  EXPECT_EQ(layout->segments, 7);
  EXPECT_EQ(layout->frames, 5);
}

TEST(TsnSegmentsTest, RefusesBadOptionsAndEmptyClips) {
  EXPECT_THAT(Make<Sampler>("recipe.TsnSegments", "segments: 0"),
              FailsWith("segments must be at least 1, got 0"));
  EXPECT_THAT(Make<Sampler>("recipe.TsnSegments", "frames: 0"),
              FailsWith("frames must be at least 1, got 0"));
  EXPECT_THAT(Make<Sampler>("recipe.TsnSegments", "stride: 0"),
              FailsWith("stride must be at least 1, got 0"));
  EXPECT_THAT(Make<Sampler>("recipe.TsnSegments", "views: 0"),
              FailsWith("views must be at least 1, got 0"));
  EXPECT_THAT(Make<Sampler>("recipe.TsnSegments", "views: 10"),
              FailsWith("views must be 1 for TRAIN, got 10"));
  Rng rng(0);
  std::vector<int64_t> picks;
  EXPECT_THAT(
      MakeOrDie<Sampler>("recipe.TsnSegments")->Sample({0}, rng, &picks),
      FailsWith("a clip must have at least 1 frame, got 0"));
}

}  // namespace
}  // namespace toque
