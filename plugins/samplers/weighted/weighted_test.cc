#include <algorithm>
#include <cmath>
#include <numeric>

#include "framework/core/sampler.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

// 90 examples of class 0, none of class 1, 9 of class 2, one of class 3.
std::vector<int64_t> Labels() {
  std::vector<int64_t> labels(100, 0);
  std::fill(labels.begin() + 90, labels.end(), 2);
  labels.back() = 3;
  return labels;
}

std::vector<int64_t> Sample(std::string_view options) {
  const auto sampler = MakeOrDie<Sampler>("recipe.Weighted", options);
  const std::vector<int64_t> labels = Labels();
  Rng rng(5);
  std::vector<int64_t> picks;
  EXPECT_OK(sampler->Sample({100, labels}, rng, &picks));
  return picks;
}

absl::Status Fault(std::string_view options, const Population& population) {
  const auto sampler = MakeOrDie<Sampler>("recipe.Weighted", options);
  Rng rng(5);
  std::vector<int64_t> picks;
  return sampler->Sample(population, rng, &picks);
}

// How far counts lie from those expected, in all.
double ChiSquare(const std::vector<double>& counts,
                 const std::vector<double>& shares) {
  const double draws = std::accumulate(counts.begin(), counts.end(), 0.0);
  double sum = 0;
  for (size_t i = 0; i < counts.size(); ++i) {
    const double expected = draws * shares[i];
    sum += (counts[i] - expected) * (counts[i] - expected) / expected;
  }
  return sum;
}

std::vector<double> CountsOfClasses(const std::vector<int64_t>& picks) {
  const std::vector<int64_t> labels = Labels();
  std::vector<double> counts(4);
  for (const int64_t pick : picks) {
    ++counts[static_cast<size_t>(labels[static_cast<size_t>(pick)])];
  }
  return counts;
}

TEST(WeightedTest, AsksForLabels) {
  EXPECT_TRUE(MakeOrDie<Sampler>("recipe.Weighted")->NeedsLabels());
}

TEST(WeightedTest, DrawsAsManyAsThereAreExamplesUnlessToldOtherwise) {
  EXPECT_EQ(Sample("").size(), 100u);
  EXPECT_EQ(Sample("examples: 7").size(), 7u);
}

// Two degrees of freedom: 13.8 is exceeded with probability 0.001.
TEST(WeightedTest, DrawsEachClassThatHasExamplesEquallyOften) {
  const auto counts = CountsOfClasses(Sample("examples: 30000"));
  EXPECT_EQ(counts[1], 0);
  EXPECT_LT(
      ChiSquare({counts[0], counts[2], counts[3]}, {1.0 / 3, 1.0 / 3, 1.0 / 3}),
      13.8);
}

TEST(WeightedTest, DrawsClassesByTheirWeights) {
  const auto counts =
      CountsOfClasses(Sample("examples: 30000 weight: [ 1, 50, 0.5, 2.5, 3 ]"));
  EXPECT_EQ(counts[1], 0);
  EXPECT_LT(ChiSquare({counts[0], counts[2], counts[3]}, {0.25, 0.125, 0.625}),
            13.8);
}

TEST(WeightedTest, NeverDrawsAClassOfWeightZero) {
  const auto counts =
      CountsOfClasses(Sample("examples: 5000 weight: [ 0, 0, 1, 0 ]"));
  EXPECT_EQ(counts[2], 5000);
}

// 89 degrees of freedom: 135.9 is exceeded with probability 0.001.
TEST(WeightedTest, DrawsTheExamplesOfAClassEquallyOften) {
  std::vector<double> counts(90);
  for (const int64_t pick : Sample("examples: 45000 weight: [ 1, 0, 0, 0 ]")) {
    ++counts.at(static_cast<size_t>(pick));
  }
  EXPECT_LT(ChiSquare(counts, std::vector<double>(90, 1.0 / 90)), 135.9);
}

TEST(WeightedTest, RefusesLabelsThatDoNotFit) {
  const std::vector<int64_t> labels = {0, 1, 2};
  EXPECT_THAT(Fault("", {4, labels}),
              FailsWith("4 examples must have as many labels, got 3"));
  EXPECT_THAT(Fault("weight: [ 1, 1 ]", {3, labels}),
              FailsWith("each label must have one of the 2 weights, got 2"));
  EXPECT_THAT(
      Fault("weight: [ 0, 0, 0, 1 ]", {3, labels}),
      FailsWith("a class that has examples must weigh more than 0, got 0"));
}

TEST(WeightedTest, RefusesBadOptions) {
  EXPECT_THAT(Make<Sampler>("recipe.Weighted", "weight: [ 1, -2 ]"),
              FailsWith("weight must be from 0 to 3.40282e+38, got -2"));
  EXPECT_THAT(Make<Sampler>("recipe.Weighted", "weight: inf"),
              FailsWith("got inf"));
  EXPECT_THAT(Make<Sampler>("recipe.Weighted", "weight: nan"),
              FailsWith("got nan"));
  EXPECT_THAT(Make<Sampler>("recipe.Weighted", "examples: 0"),
              FailsWith("examples must be at least 1, got 0"));
}

}  // namespace
}  // namespace toque
