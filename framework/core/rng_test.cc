#include "framework/core/rng.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <numeric>
#include <set>

#include "ATen/core/Tensor.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

using testing::ElementsAre;

// Mean and variance of draws, compared with the true ones within five standard
// errors of each; `kurtosis` is the distribution's.
void ExpectMoments(const std::function<double(Rng&)>& draw, double mean,
                   double variance, double kurtosis) {
  const int count = 200'000;
  Rng rng(11);
  std::vector<double> draws(count);
  for (double& value : draws) value = draw(rng);
  const double sum = std::accumulate(draws.begin(), draws.end(), 0.0);
  double squares = 0;
  for (const double value : draws) squares += (value - mean) * (value - mean);
  EXPECT_NEAR(sum / count, mean, 5 * std::sqrt(variance / count));
  EXPECT_NEAR(squares / count, variance,
              5 * variance * std::sqrt((kurtosis - 1) / count));
}

// tests/goldens/rng.py.
TEST(RngTest, GivesTheSameNumbersOnEveryMachine) {
  const auto first = [](Rng rng) {
    return std::vector<uint64_t>{rng.Next(), rng.Next(), rng.Next()};
  };
  EXPECT_THAT(first(Rng(0)), ElementsAre(0xbabb761ac830fe4a, 0x2b1abb547c60bbab,
                                         0x288c5b4b4f854695));
  EXPECT_THAT(
      first(Rng(42)),
      ElementsAre(0x3d715da0a0995d53, 0xcba635a9bed0ac35, 0x4ef5af110f15203f));
  EXPECT_THAT(
      first(Rng(1, 2, 3, 4)),
      ElementsAre(0x50e087b8612234bb, 0x97defb948c6e6846, 0x70bbafa7f365ef8b));
}

TEST(RngTest, StreamsDifferInAnyKey) {
  std::set<uint64_t> first;
  for (uint64_t seed = 0; seed < 6; ++seed) {
    for (uint64_t epoch = 0; epoch < 6; ++epoch) {
      for (uint64_t index = 0; index < 6; ++index) {
        for (uint64_t stream = 0; stream < 6; ++stream) {
          first.insert(Rng(seed, epoch, index, stream).Next());
        }
      }
    }
  }
  EXPECT_EQ(first.size(), 6u * 6u * 6u * 6u);
}

TEST(RngTest, FirstNumbersOfNeighbouringStreamsAreUniform) {
  // Fifteen degrees of freedom: 37.7 is exceeded with probability 0.001.
  std::vector<double> counts(16);
  for (uint64_t index = 0; index < 16'000; ++index) {
    ++counts[Rng(1, 0, index).Next() >> 60];
  }
  double chi_square = 0;
  for (const double count : counts) {
    chi_square += (count - 1000) * (count - 1000) / 1000;
  }
  EXPECT_LT(chi_square, 37.7);
}

TEST(RngTest, UniformLiesInItsRange) {
  Rng rng(3);
  for (int i = 0; i < 10'000; ++i) {
    const double value = rng.Uniform(-2, 3);
    EXPECT_GE(value, -2);
    EXPECT_LT(value, 3);
  }
  ExpectMoments([](Rng& rng) { return rng.Uniform(-2, 3); }, 0.5, 25.0 / 12,
                1.8);
}

TEST(RngTest, BelowIsUniformWhereTheRangeIsNoPowerOfTwo) {
  // 3/4 of all 64-bit numbers: a plain remainder would draw the lower third
  // twice as often.
  const int64_t n = int64_t{3} << 61;
  int low = 0;
  Rng rng(5);
  for (int i = 0; i < 30'000; ++i) low += rng.Below(n) < n / 3;
  EXPECT_NEAR(low, 10'000, 5 * 82);
}

TEST(RngTest, BelowReachesEveryNumber) {
  Rng rng(5);
  std::map<int64_t, int> counts;
  for (int i = 0; i < 7'000; ++i) ++counts[rng.Below(7)];
  EXPECT_EQ(counts.size(), 7u);
  EXPECT_EQ(counts.begin()->first, 0);
  EXPECT_EQ(counts.rbegin()->first, 6);
  EXPECT_EQ(rng.Below(1), 0);
}

TEST(RngTest, ChanceOfZeroIsNeverAndOfOneAlways) {
  Rng rng(5);
  for (int i = 0; i < 1'000; ++i) {
    EXPECT_FALSE(rng.Chance(0));
    EXPECT_TRUE(rng.Chance(1));
  }
}

TEST(RngTest, NormalHasItsMomentsAndTails) {
  ExpectMoments([](Rng& rng) { return rng.Normal(); }, 0, 1, 3);
  int far = 0;  // beyond two standard deviations: 4.55 %
  Rng rng(6);
  for (int i = 0; i < 100'000; ++i) far += std::abs(rng.Normal()) > 2;
  EXPECT_NEAR(far, 4550, 5 * 66);
}

TEST(RngTest, GammaHasItsMoments) {
  for (const double shape : {0.2, 1.0, 4.5}) {
    ExpectMoments([=](Rng& rng) { return rng.Gamma(shape); }, shape, shape,
                  3 + 6 / shape);
  }
}

TEST(RngTest, BetaHasItsMoments) {
  for (const auto& [a, b] : {std::pair(0.2, 0.2), std::pair(2.0, 5.0)}) {
    const double sum = a + b;
    const double excess = 6 *
                          ((a - b) * (a - b) * (sum + 1) - a * b * (sum + 2)) /
                          (a * b * (sum + 2) * (sum + 3));
    ExpectMoments([a = a, b = b](Rng& rng) { return rng.Beta(a, b); }, a / sum,
                  a * b / (sum * sum * (sum + 1)), 3 + excess);
  }
}

TEST(RngTest, BetaOfTinyShapesStaysInRange) {
  Rng rng(8);
  double sum = 0;
  for (int i = 0; i < 2'000; ++i) {
    const double value = rng.Beta(1e-4, 1e-4);
    EXPECT_GE(value, 0);
    EXPECT_LE(value, 1);
    sum += value;
  }
  EXPECT_NEAR(sum, 1'000, 5 * 23);
}

TEST(RngTest, PermutationHoldsEachNumberOnce) {
  Rng rng(9);
  const at::Tensor order = rng.Permutation(100, at::kCPU);
  const int64_t* begin = order.const_data_ptr<int64_t>();
  std::vector<int64_t> sorted(begin, begin + order.numel());
  EXPECT_FALSE(std::is_sorted(sorted.begin(), sorted.end()));
  std::sort(sorted.begin(), sorted.end());
  std::vector<int64_t> expected(100);
  std::iota(expected.begin(), expected.end(), 0);
  EXPECT_EQ(sorted, expected);
}

}  // namespace
}  // namespace toque
