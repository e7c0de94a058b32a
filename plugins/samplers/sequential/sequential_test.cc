#include "framework/core/sampler.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

using testing::ElementsAre;

TEST(SequentialTest, KeepsTheOrderOfTheDataSet) {
  const auto sampler = MakeOrDie<Sampler>("recipe.Sequential");
  Rng rng(0);
  std::vector<int64_t> picks = {9, 9, 9, 9, 9, 9};
  ASSERT_OK(sampler->Sample({5}, rng, &picks));
  EXPECT_THAT(picks, ElementsAre(0, 1, 2, 3, 4));
}

TEST(SequentialTest, DrawsNothing) {
  const auto sampler = MakeOrDie<Sampler>("recipe.Sequential");
  Rng rng(3);
  std::vector<int64_t> picks;
  ASSERT_OK(sampler->Sample({5}, rng, &picks));
  EXPECT_EQ(rng.Next(), Rng(3).Next());
}

}  // namespace
}  // namespace toque
