#include "framework/shared/line_search.h"

#include <cmath>

#include "framework/testing/testing.h"

namespace toque {
namespace {

// log(1 + e^(t - 3)) - t / 2 has its least value at t = 3; steep on both sides.
Point Valley(double t) {
  const double growth = std::exp(t - 3);
  return {t, std::log1p(growth) - t / 2, growth / (1 + growth) - 0.5, {}};
}

void ExpectStrongWolfe(const Point& point) {
  const Point start = Valley(0);
  EXPECT_LE(point.loss, start.loss + 1e-4 * point.t * start.slope);
  EXPECT_LE(std::abs(point.slope), 0.9 * std::abs(start.slope));
  EXPECT_EQ(point.loss, Valley(point.t).loss);
}

TEST(StrongWolfeTest, MeetsItsConditionsFromAnyFirstTry) {
  for (const double t : {1e-3, 0.1, 1.0, 3.0, 10.0, 100.0}) {
    SCOPED_TRACE(t);
    ExpectStrongWolfe(StrongWolfe(Valley, Valley(0), t, 25, 1e-9));
  }
}

TEST(StrongWolfeTest, TakesTheFirstTryWhereThatWillDo) {
  EXPECT_EQ(StrongWolfe(Valley, Valley(0), 2.5, 25, 1e-9).t, 2.5);
}

TEST(StrongWolfeTest, ComesBackFromWhereTheLossIsNotFinite) {
  const auto walled = [](double t) {
    return t < 5 ? Valley(t) : Point{t, std::nan(""), std::nan(""), {}};
  };
  ExpectStrongWolfe(StrongWolfe(walled, Valley(0), 64, 25, 1e-9));
}

TEST(StrongWolfeTest, GivesTheBestPointWhereTheBudgetEnds) {
  int tries = 0;
  const auto counted = [&tries](double t) {
    ++tries;
    return Valley(t);
  };
  EXPECT_EQ(StrongWolfe(counted, Valley(0), 1000, 2, 1e-9).t, 0);
  EXPECT_EQ(tries, 3);
  EXPECT_EQ(StrongWolfe(counted, Valley(0), 1e-3, 0, 1e-9).t, 1e-3);
  EXPECT_EQ(tries, 4);
}

}  // namespace
}  // namespace toque
