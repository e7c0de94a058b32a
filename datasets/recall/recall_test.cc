#include <algorithm>
#include <map>
#include <vector>

#include "framework/core/dataset.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

using testing::ElementsAre;

std::unique_ptr<Dataset> Open(std::string_view options) {
  auto recall = MakeOrDie<Dataset>("recipe.Recall", options);
  EXPECT_OK(recall->Open(Context()));
  return recall;
}

Example Read(const Dataset& recall, int64_t index) {
  Example example;
  Rng rng(static_cast<uint64_t>(index) + 5);  // has no influence
  EXPECT_OK(recall.Read(index, rng, &example));
  return example;
}

// The symbol of each step; every step must be one symbol as ones and zeros.
std::vector<int64_t> SymbolsOf(const Example& example) {
  std::vector<int64_t> symbols;
  const float* step = example.values.const_data_ptr<float>();
  const int64_t width = example.values.size(1);
  for (int64_t t = 0; t < example.values.size(0); ++t, step += width) {
    EXPECT_EQ(std::count(step, step + width, 1.0f), 1);
    EXPECT_EQ(std::count(step, step + width, 0.0f), width - 1);
    symbols.push_back(std::find(step, step + width, 1.0f) - step);
  }
  return symbols;
}

TEST(RecallTest, HasTheSizesAskedFor) {
  const auto recall = Open("examples: 9 symbols: 3 length: 7 delay: 2");
  EXPECT_EQ(recall->size(), 9);
  EXPECT_EQ(recall->Info().classes, 3);
  EXPECT_THAT(recall->Info().shape, ElementsAre(7, 3));
  EXPECT_EQ(Read(*recall, 0).values.sizes(), at::IntArrayRef({7, 3}));
}

TEST(RecallTest, AsksAtTheEndForTheSymbolBeforeTheDelay) {
  const auto recall = Open("length: 6 delay: 2");
  for (int64_t i = 0; i < 50; ++i) {
    const Example example = Read(*recall, i);
    EXPECT_EQ(example.label(), SymbolsOf(example)[3]);
  }
}

TEST(RecallTest, ADelayOfZeroAsksForTheSymbolAtHand) {
  const Example example = Read(*Open("length: 5 delay: 0"), 3);
  EXPECT_EQ(example.label(), SymbolsOf(example)[4]);
}

TEST(RecallTest, AsksAtEveryStepForTheSymbolBeforeTheDelayOrTheFirst) {
  const auto recall = Open("length: 6 delay: 2 target: EVERY");
  EXPECT_EQ(recall->Info().target, TargetKind::kValues);
  for (int64_t i = 0; i < 50; ++i) {
    const Example example = Read(*recall, i);
    const auto symbols = SymbolsOf(example);
    EXPECT_EQ(example.target_type(), at::kLong);
    EXPECT_THAT(example.target(),
                ElementsAre(symbols[0], symbols[0], symbols[0], symbols[1],
                            symbols[2], symbols[3]));
  }
}

// Within five standard errors.
TEST(RecallTest, SymbolsAreEquallyLikelyAtEachStep) {
  const auto recall = Open("length: 2 delay: 1 symbols: 5");
  std::map<int64_t, int> first, second;
  for (int64_t i = 0; i < 1000; ++i) {
    const auto symbols = SymbolsOf(Read(*recall, i));
    ++first[symbols[0]];
    ++second[symbols[1]];
  }
  for (int64_t symbol = 0; symbol < 5; ++symbol) {
    EXPECT_NEAR(first[symbol], 200, 5 * 12.7);
    EXPECT_NEAR(second[symbol], 200, 5 * 12.7);
  }
}

TEST(RecallTest, ExamplesDifferAndFollowTheSeed) {
  const auto recall = Open("");
  EXPECT_NE(SymbolsOf(Read(*recall, 0)), SymbolsOf(Read(*recall, 1)));
  EXPECT_EQ(SymbolsOf(Read(*recall, 3)),
            SymbolsOf(Read(*Open("examples: 4"), 3)));
  EXPECT_NE(SymbolsOf(Read(*recall, 3)), SymbolsOf(Read(*Open("seed: 1"), 3)));
}

TEST(RecallTest, RefusesBadOptions) {
  const std::pair<const char*, const char*> faults[] = {
      {"examples: 0",
       "here: recipe.Recall: examples must be at least 1, got "
       "0"},
      {"symbols: 1", "symbols must be from 2 to 65536, got 1"},
      {"length: 0", "length must be from 1 to 65536, got 0"},
      {"delay: 16", "delay must be at least 0 and below 16, got 16"},
      {"delay: -1", "delay must be at least 0 and below 16, got -1"},
  };
  for (const auto& [options, text] : faults) {
    EXPECT_THAT(Make<Dataset>("recipe.Recall", options), FailsWith(text));
  }
}

}  // namespace
}  // namespace toque
