#include "framework/testing/region_counts.h"

#include <algorithm>
#include <cmath>

#include "framework/testing/chi_square.h"
#include "gtest/gtest.h"

namespace toque {

void RegionCounts::Add(const Region& region, int64_t height, int64_t width,
                       double low) {
  const auto [y, x, h, w] = region;
  const auto of_area =
      static_cast<size_t>(std::min<int64_t>(h * w * 10 / (height * width), 9));
  const double place =
      std::log(static_cast<double>(w) / static_cast<double>(h) / low) /
      (-2 * std::log(low));
  const auto of_aspect =
      static_cast<size_t>(std::clamp(std::floor(place * 11), 0.0, 10.0));
  ++area[of_area];
  ++aspect[of_aspect];
  ++top[static_cast<size_t>(y * 10 / (height - h + 1))];
  ++left[static_cast<size_t>(x * 10 / (width - w + 1))];
  ++area_and_aspect[of_area * 4 / 10 * 3 + of_aspect * 3 / 11];
}

void ExpectSameSource(const RegionCounts& counts, const RegionCounts& golden) {
  EXPECT_GT(SameSourceProbability(counts.area, golden.area), 0.01);
  EXPECT_GT(SameSourceProbability(counts.aspect, golden.aspect), 0.01);
  EXPECT_GT(SameSourceProbability(counts.top, golden.top), 0.01);
  EXPECT_GT(SameSourceProbability(counts.left, golden.left), 0.01);
  EXPECT_GT(
      SameSourceProbability(counts.area_and_aspect, golden.area_and_aspect),
      0.01);
}

}  // namespace toque
