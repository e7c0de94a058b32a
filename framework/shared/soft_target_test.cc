#include "framework/shared/soft_target.h"

#include "ATen/core/Reduction.h"
#include "ATen/ops/cross_entropy_loss.h"
#include "ATen/ops/ones.h"
#include "ATen/ops/tensor.h"
#include "ATen/ops/zeros.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

at::Tensor Labels(std::vector<int64_t> labels) { return at::tensor(labels); }

at::Tensor Scores() {
  return at::tensor({1.0, -0.5, 2.0, 0.0, 1.5, -1.0}).view({2, 3});
}

TEST(SoftTargetTest, MakesRowsWithAOneAtTheLabel) {
  const at::Tensor rows = OneHotRows(Labels({2, 0}), 3, at::kDouble);
  EXPECT_TRUE(rows.equal(at::tensor({0., 0., 1., 1., 0., 0.}).view({2, 3})));
}

TEST(SoftTargetTest, MakesRowsOfZerosOfIgnoredLabels) {
  const at::Tensor rows = OneHotRows(Labels({-100, 1, -1}), 2, at::kFloat);
  EXPECT_TRUE(
      rows.equal(at::tensor({0.f, 0.f, 0.f, 1.f, 0.f, 0.f}).view({3, 2})));
}

TEST(SoftTargetTest, PutsTheClassesOfPositionsIntoTheSecondDimension) {
  const at::Tensor labels = Labels({0, 1, 2, 1}).view({1, 2, 2});
  const at::Tensor rows = OneHotRows(labels, 3, at::kFloat);
  EXPECT_EQ(rows.sizes(), at::IntArrayRef({1, 3, 2, 2}));
  EXPECT_TRUE(rows.argmax(1).equal(labels));
}

TEST(SoftTargetTest, RefusesALabelThatIsNoClass) {
  EXPECT_THROW(OneHotRows(Labels({3}), 3, at::kFloat), c10::Error);
}

TEST(SoftTargetTest, GivesRowsTheTypeOfTheScores) {
  const at::Tensor rows = at::ones({2, 3}, at::kLong);
  EXPECT_EQ(RowsLike(Scores(), rows).scalar_type(), at::kDouble);
  EXPECT_EQ(RowsLike(Scores(), Labels({0, 1})).scalar_type(), at::kDouble);
}

TEST(SoftTargetTest, RefusesTargetsThatAreNeitherRowsNorLabels) {
  EXPECT_THROW(RowsLike(Scores(), at::ones({2, 1})), c10::Error);
  EXPECT_THROW(RowsLike(Scores(), Labels({0})), c10::Error);
  EXPECT_THROW(RowsLike(at::ones({2}), at::ones({2})), c10::Error);
}

TEST(SoftTargetTest, LeavesRowsOfZerosOutOfAMean) {
  const at::Tensor labels = Labels({2, -100});
  const at::Tensor rows = OneHotRows(labels, 3, at::kDouble);
  EXPECT_EQ(CountedRows(rows).item<int64_t>(), 1);
  EXPECT_NEAR(CrossEntropyOfRows(Scores(), rows, {}, at::Reduction::Mean)
                  .item<double>(),
              at::cross_entropy_loss(Scores(), labels).item<double>(), 1e-15);
}

TEST(SoftTargetTest, HasNoLossWhereNoRowCounts) {
  EXPECT_EQ(
      CrossEntropyOfRows(Scores(), at::zeros({2, 3}), {}, at::Reduction::Mean)
          .item<double>(),
      0);
}

TEST(SoftTargetTest, MixesLabelsAsRowsAndValuesAsTheyAre) {
  const DatasetInfo labels{.classes = 4};
  const DatasetInfo values{.target = TargetKind::kValues};
  EXPECT_EQ(MixableTarget(Labels({1}), labels)->sizes(),
            at::IntArrayRef({1, 4}));
  EXPECT_TRUE(MixableTarget(Labels({1}), values)->equal(at::ones({1})));
  const at::Tensor soft = at::ones({1, 4}).div(4);
  EXPECT_TRUE(MixableTarget(soft, labels)->equal(soft));
}

TEST(SoftTargetTest, CannotMixLabelsOfUnknownClasses) {
  EXPECT_THAT(
      MixableTarget(Labels({1}), {}),
      FailsWith("labels are mixed, and the data set must have classes, got 0"));
}

}  // namespace
}  // namespace toque
