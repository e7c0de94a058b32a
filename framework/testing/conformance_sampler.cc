// What every sampler must do.

#include <set>

#include "framework/core/sampler.h"
#include "framework/testing/conformance.h"

namespace toque {
namespace {

class SamplerConformance : public testing::TestWithParam<Candidate> {
 protected:
  void SetUp() override {
    auto made = Make<Sampler>(GetParam());
    ASSERT_OK(made);
    sampler_ = *std::move(made);
  }

  std::vector<int64_t> Sample(int64_t size, uint64_t seed) const {
    std::vector<int64_t> labels(static_cast<size_t>(size));
    for (size_t i = 0; i < labels.size(); ++i) labels[i] = i % 3 == 0 ? 0 : 1;
    Rng rng(seed);
    std::vector<int64_t> picks = {-1, -1};  // must be written over
    EXPECT_OK(sampler_->Sample({size, labels}, rng, &picks));
    return picks;
  }

  std::unique_ptr<Sampler> sampler_;
};

TEST_P(SamplerConformance, PicksOnlyMembersOfThePopulation) {
  for (const int64_t size : {1, 2, 3, 5, 100}) {
    const std::vector<int64_t> picks = Sample(size, 7);
    EXPECT_FALSE(picks.empty());
    for (const int64_t pick : picks) {
      EXPECT_GE(pick, 0);
      EXPECT_LT(pick, size);
    }
  }
}

TEST_P(SamplerConformance, IsAFunctionOfTheGenerator) {
  EXPECT_EQ(Sample(100, 7), Sample(100, 7));
}

TEST_P(SamplerConformance, RefusesAnEmptyPopulation) {
  Rng rng(0);
  std::vector<int64_t> picks;
  EXPECT_THAT(sampler_->Sample({0, {}}, rng, &picks), testing::Not(IsOk()));
}

TEST_P(SamplerConformance, PicksAsManyAsItsLayoutSays) {
  const auto layout = sampler_->Layout();
  if (!layout.has_value()) return;
  EXPECT_EQ(static_cast<int64_t>(Sample(50, 7).size()),
            layout->views * layout->segments * layout->frames);
}

CONFORMANCE_SUITE(SamplerConformance, Sampler::kKind);

}  // namespace
}  // namespace toque
