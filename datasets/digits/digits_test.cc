#include <algorithm>
#include <array>
#include <numeric>

#include "framework/core/dataset.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;

using Pixels = std::vector<float>;

std::unique_ptr<Dataset> Open(std::string_view options) {
  auto digits = MakeOrDie<Dataset>("recipe.Digits", options);
  EXPECT_OK(digits->Open(Context()));
  return digits;
}

Pixels Read(const Dataset& digits, int64_t index) {
  Example example;
  Rng rng(0);
  EXPECT_OK(digits.Read(index, rng, &example));
  Pixels pixels(64);
  EXPECT_OK(example.images.at(0).at(0).Write(pixels.data()));
  return pixels;
}

// sklearn 1.5.2: load_digits().images[0]; its target is 0.
TEST(DigitsTest, BeginsWithScikitLearnsFirstDigit) {
  const Pixels sixteenths = {
      0, 0, 5,  13, 9,  1,  0, 0, 0, 0, 13, 15, 10, 15, 5, 0,
      0, 3, 15, 2,  0,  11, 8, 0, 0, 4, 12, 0,  0,  8,  8, 0,
      0, 5, 8,  0,  0,  9,  8, 0, 0, 4, 11, 0,  1,  12, 7, 0,
      0, 2, 14, 5,  10, 12, 0, 0, 0, 0, 6,  13, 10, 0,  0, 0,
  };
  Pixels pixels = Read(*Open("split: ALL"), 0);
  for (float& pixel : pixels) pixel *= 16;
  EXPECT_THAT(pixels, ElementsAreArray(sixteenths));
}

// sklearn 1.5.2: numpy.bincount(load_digits().target),
// load_digits().data.sum().
TEST(DigitsTest, HoldsTheWholeSet) {
  const auto digits = Open("split: ALL");
  EXPECT_EQ(digits->size(), 1797);
  const std::vector<int64_t> labels = *digits->Labels();
  std::array<int, 10> counts = {};
  for (const int64_t label : labels) {
    ++counts.at(static_cast<size_t>(label));
  }
  EXPECT_THAT(counts,
              ElementsAre(178, 182, 177, 183, 181, 182, 181, 179, 174, 180));
  double sum = 0;
  for (int64_t i = 0; i < digits->size(); ++i) {
    const Pixels pixels = Read(*digits, i);
    sum = std::accumulate(pixels.begin(), pixels.end(), sum);
    EXPECT_LE(*std::max_element(pixels.begin(), pixels.end()), 1);
  }
  EXPECT_EQ(sum * 16, 561718);
}

TEST(DigitsTest, SplitsIntoEveryFifthForTestingAndTheRest) {
  const auto all = Open("split: ALL");
  const auto train = Open("");
  const auto test = Open("split: TEST");
  EXPECT_EQ(train->size(), 1438);
  EXPECT_EQ(test->size(), 359);
  const auto labels = *all->Labels();
  for (int64_t i = 0; i < all->size(); ++i) {
    const bool is_test = i % 5 == 4;
    const Dataset& part = is_test ? *test : *train;
    const int64_t place = is_test ? i / 5 : i - i / 5;
    EXPECT_EQ(Read(part, place), Read(*all, i));
    EXPECT_EQ(part.Labels()->at(static_cast<size_t>(place)),
              labels[static_cast<size_t>(i)]);
  }
}

TEST(DigitsTest, NamesItsClasses) {
  EXPECT_THAT(Open("")->Info().class_names,
              ElementsAre("0", "1", "2", "3", "4", "5", "6", "7", "8", "9"));
}

}  // namespace
}  // namespace toque
