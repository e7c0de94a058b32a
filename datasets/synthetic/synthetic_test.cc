#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "framework/core/dataset.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

using testing::ElementsAre;

using Numbers = std::vector<float>;

std::unique_ptr<Dataset> Open(std::string_view options) {
  auto synthetic = MakeOrDie<Dataset>("recipe.Synthetic", options);
  EXPECT_OK(synthetic->Open(Context()));
  return synthetic;
}

Numbers Read(const Dataset& synthetic, int64_t index) {
  Example example;
  Rng rng(static_cast<uint64_t>(index) + 5);  // has no influence
  EXPECT_OK(synthetic.Read(index, rng, &example));
  if (!example.has_images()) {
    const float* begin = example.values.const_data_ptr<float>();
    return Numbers(begin, begin + example.values.numel());
  }
  const Image& image = example.images[0][0];
  Numbers pixels(static_cast<size_t>(image.elements()));
  EXPECT_OK(image.Write(pixels.data()));
  return pixels;
}

// The share of later examples whose class is that of the nearest mean of
// examples 0 .. 499.
double NearestMeanAccuracy(const Dataset& synthetic) {
  const auto labels = *synthetic.Labels();
  std::vector<Numbers> means(10, Numbers(Read(synthetic, 0).size()));
  for (int64_t i = 0; i < 500; ++i) {
    const Numbers example = Read(synthetic, i);
    Numbers& mean = means[static_cast<size_t>(labels[static_cast<size_t>(i)])];
    for (size_t k = 0; k < mean.size(); ++k) mean[k] += example[k] / 50;
  }
  int right = 0;
  for (int64_t i = 500; i < 1000; ++i) {
    const Numbers example = Read(synthetic, i);
    std::vector<double> distances(10);
    for (size_t c = 0; c < 10; ++c) {
      for (size_t k = 0; k < example.size(); ++k) {
        distances[c] += std::pow(example[k] - means[c][k], 2);
      }
    }
    const auto nearest = std::ranges::min_element(distances);
    right += nearest - distances.begin() == labels[static_cast<size_t>(i)];
  }
  return right / 500.0;
}

TEST(SyntheticTest, HasTheSizeAndShapeAskedFor) {
  const auto values = Open("examples: 7 classes: 3 shape: [ 2, 5 ]");
  EXPECT_EQ(values->size(), 7);
  EXPECT_THAT(values->Info().shape, ElementsAre(2, 5));
  EXPECT_THAT(*values->Labels(), ElementsAre(0, 1, 2, 0, 1, 2, 0));
  EXPECT_THAT(Open("")->Info().shape, ElementsAre(32));
  EXPECT_THAT(Open("kind: IMAGES")->Info().shape, ElementsAre(1, 32, 32));
}

TEST(SyntheticTest, ExamplesDifferAndFollowTheSeed) {
  for (const std::string kind : {"kind: VALUES ", "kind: IMAGES "}) {
    const auto one = Open(kind);
    EXPECT_NE(Read(*one, 0), Read(*one, 10));  // of one class
    EXPECT_EQ(Read(*one, 3), Read(*Open(kind + "examples: 4"), 3));
    EXPECT_NE(Read(*one, 3), Read(*Open(kind + "seed: 1"), 3));
  }
}

TEST(SyntheticTest, ValuesCanBeLearned) {
  EXPECT_GT(NearestMeanAccuracy(*Open("")), 0.97);
}

// A mean can tell light figures from dark ones, and hardly more.
TEST(SyntheticTest, FiguresAreNotToldApartByTheirMeans) {
  const double accuracy = NearestMeanAccuracy(*Open("kind: IMAGES"));
  EXPECT_GT(accuracy, 0.15);
  EXPECT_LT(accuracy, 0.7);
}

// Within five standard errors; the kurtosis of four uniform numbers is 2.7.
TEST(SyntheticTest, ValuesSpreadAsAStandardNormalDistribution) {
  const auto synthetic = Open("classes: 1 shape: 100");
  std::vector<double> sum(100), squares(100);
  for (int64_t i = 0; i < 1000; ++i) {
    const Numbers example = Read(*synthetic, i);
    for (size_t k = 0; k < example.size(); ++k) {
      sum[k] += example[k];
      squares[k] += example[k] * example[k];
    }
  }
  for (size_t k = 0; k < 100; ++k) {
    const double mean = sum[k] / 1000;
    EXPECT_NEAR(std::abs(mean), 1, 5 / std::sqrt(1000));
    EXPECT_NEAR(squares[k] / 1000 - mean * mean, 1, 5 * std::sqrt(1.7 / 1000));
  }
}

TEST(SyntheticTest, DrawsAFigureOfOneColourOnAGroundOfAnother) {
  const auto synthetic = Open("kind: IMAGES shape: [ 3, 20, 30 ]");
  for (int64_t i = 0; i < 100; ++i) {
    const Numbers pixels = Read(*synthetic, i);
    for (size_t c = 0; c < 3; ++c) {
      const auto plane = absl::MakeSpan(pixels).subspan(c * 600, 600);
      EXPECT_EQ(std::set<float>(plane.begin(), plane.end()).size(), 2u);
      const float ground = plane[0];
      const auto figure = std::ranges::find_if(
          plane, [ground](float value) { return value != ground; });
      EXPECT_EQ(*figure > ground, i % 10 < 5);
      EXPECT_GT(std::abs(*figure - ground), 0.2);
    }
  }
}

TEST(SyntheticTest, RefusesBadOptions) {
  const std::pair<const char*, const char*> faults[] = {
      {"examples: 0", "examples must be at least 1, got 0"},
      {"classes: 0", "classes must be from 1 to 1048576, got 0"},
      {"kind: IMAGES classes: 11", "classes must be from 1 to 10, got 11"},
      {"shape: [ 3, 0 ]", "shape must be from 1 to 1431655765, got 0"},
      {"shape: [ 65536, 65536, 2 ]", "shape must be from 1 to 1, got 2"},
      {"kind: IMAGES shape: 32",
       "dimensions of shape must be from 3 to 3, got 1"},
      {"kind: IMAGES shape: [ 17, 2, 2 ]",
       "channels of shape must be from 1 to 16, got 17"},
  };
  for (const auto& [options, text] : faults) {
    EXPECT_THAT(Make<Dataset>("recipe.Synthetic", options), FailsWith(text));
  }
}

}  // namespace
}  // namespace toque
