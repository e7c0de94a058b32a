#include "framework/testing/chi_square.h"

#include "gtest/gtest.h"

namespace toque {
namespace {

// scipy 1.17: chisquare([44, 56]), chisquare([16, 18, 16, 14, 12, 12]) and
// chisquare([60, 25, 15], [50, 25, 25]).
TEST(ChiSquareTest, FitsAsScipySays) {
  EXPECT_NEAR(FitProbability({44, 56}, {1, 1}), 0.230139340443, 1e-9);
  EXPECT_NEAR(FitProbability({16, 18, 16, 14, 12, 12}, {2, 2, 2, 2, 2, 2}),
              0.849145036085, 1e-9);
  EXPECT_NEAR(FitProbability({60, 25, 15}, {2, 1, 1}), 0.0497870683679, 1e-9);
}

TEST(ChiSquareTest, RefusesCountsWhereThereCanBeNone) {
  EXPECT_EQ(FitProbability({1, 5}, {0, 1}), 0);
  EXPECT_EQ(FitProbability({0, 5}, {0, 1}), 1);
}

// scipy 1.17: chi2_contingency([[10, 20, 30], [6, 9, 17]], correction=False).
TEST(ChiSquareTest, ComparesSamplesAsScipySays) {
  EXPECT_NEAR(SameSourceProbability({10, 20, 30, 0}, {6, 9, 17, 0}),
              0.873028283380, 1e-9);
}

TEST(ChiSquareTest, TellsSamplesOfDifferentSourcesApart) {
  EXPECT_LT(SameSourceProbability({500, 500}, {6000, 4000}), 1e-8);
  EXPECT_GT(SameSourceProbability({600, 400}, {6000, 4000}), 0.999);
}

}  // namespace
}  // namespace toque
