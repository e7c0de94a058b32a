#include <algorithm>
#include <map>
#include <numeric>

#include "framework/core/sampler.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

std::vector<int64_t> Shuffled(int64_t size, uint64_t seed) {
  const auto sampler = MakeOrDie<Sampler>("recipe.Shuffle");
  Rng rng(seed);
  std::vector<int64_t> picks;
  EXPECT_OK(sampler->Sample({size}, rng, &picks));
  return picks;
}

TEST(ShuffleTest, PicksEveryExampleOnce) {
  std::vector<int64_t> expected(1000);
  std::iota(expected.begin(), expected.end(), 0);
  std::vector<int64_t> picks = Shuffled(1000, 3);
  EXPECT_NE(picks, expected);
  std::sort(picks.begin(), picks.end());
  EXPECT_EQ(picks, expected);
}

TEST(ShuffleTest, OrdersDifferBetweenSeeds) {
  EXPECT_NE(Shuffled(1000, 3), Shuffled(1000, 4));
}

// Chi-square over the 24 orders of four, 23 degrees of freedom: 49.7 is
// exceeded with probability 0.001.
TEST(ShuffleTest, MakesEveryOrderEquallyLikely) {
  std::map<std::vector<int64_t>, int> counts;
  const int draws = 24000;
  for (int seed = 0; seed < draws; ++seed) ++counts[Shuffled(4, seed)];
  double chi_square = 0;
  for (const auto& [order, count] : counts) {
    chi_square += (count - 1000.0) * (count - 1000.0) / 1000.0;
  }
  EXPECT_EQ(counts.size(), 24u);
  EXPECT_LT(chi_square, 49.7);
}

}  // namespace
}  // namespace toque
