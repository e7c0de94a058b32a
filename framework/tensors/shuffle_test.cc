#include "framework/tensors/shuffle.h"

#include "ATen/ops/arange.h"
#include "ATen/ops/zeros.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

class ShuffleTogetherTest : public testing::Test {
 protected:
  // Row i is (2i, 2i + 1), its label i.
  std::vector<at::Tensor> Shuffled(uint64_t seed) const {
    Rng rng(seed);
    return ShuffleTogether({inputs_, labels_}, rng).value();
  }

  const at::Tensor inputs_ = at::arange(100, at::kFloat).reshape({50, 2});
  const at::Tensor labels_ = at::arange(50);
};

TEST_F(ShuffleTogetherTest, EachRowIsThereOnceWithItsLabel) {
  const std::vector<at::Tensor> shuffled = Shuffled(1);
  ASSERT_EQ(shuffled.size(), 2u);
  EXPECT_FALSE(shuffled[1].equal(labels_));
  EXPECT_TRUE(std::get<0>(shuffled[1].sort()).equal(labels_));
  for (int64_t row = 0; row < 50; ++row) {
    const auto label = shuffled[1][row].item<int64_t>();
    EXPECT_TRUE(shuffled[0][row].equal(inputs_[label])) << row;
  }
}

TEST_F(ShuffleTogetherTest, IsAFunctionOfTheSeed) {
  EXPECT_TRUE(Shuffled(2)[0].equal(Shuffled(2)[0]));
  EXPECT_FALSE(Shuffled(2)[0].equal(Shuffled(3)[0]));
}

TEST_F(ShuffleTogetherTest, LeavesTheTensorsAsTheyAre) {
  Shuffled(4)[1].zero_();
  EXPECT_TRUE(labels_.equal(at::arange(50)));
}

TEST_F(ShuffleTogetherTest, UnequalSizesAreAnError) {
  Rng rng(5);
  EXPECT_THAT(ShuffleTogether({inputs_, labels_, at::zeros({49, 3})}, rng),
              FailsWith("tensor 2 must have as many rows as tensor 0, 50, got "
                        "[49, 3]"));
  EXPECT_THAT(ShuffleTogether({at::zeros({})}, rng),
              FailsWith("tensor 0 must have a first axis, got float32 [] cpu"));
  EXPECT_EQ(rng.Next(), Rng(5).Next());
}

TEST_F(ShuffleTogetherTest, NothingToShuffleStaysSo) {
  Rng rng(6);
  EXPECT_TRUE(ShuffleTogether({}, rng).value().empty());
  EXPECT_EQ(ShuffleTogether({at::zeros({0, 3})}, rng).value()[0].sizes(),
            at::IntArrayRef({0, 3}));
}

}  // namespace
}  // namespace toque
