// What every transform of batches must do.

#include "ATen/ops/arange.h"
#include "ATen/ops/equal.h"
#include "ATen/ops/ones.h"
#include "framework/core/batch_transform.h"
#include "framework/testing/conformance.h"

namespace toque {
namespace {

constexpr int64_t kExamples = 6;
constexpr int64_t kClasses = 10;

class BatchTransformConformance : public testing::TestWithParam<Candidate> {
 protected:
  void SetUp() override {
    auto made = Make<BatchTransform>(
        GetParam(), Context().WithDataset({.classes = kClasses}));
    ASSERT_OK(made);
    transform_ = *std::move(made);
  }

  // Pictures of three channels, and classes.
  static Batch NewBatch() {
    Batch batch;
    batch.input =
        at::arange(kExamples * 3 * 8 * 8, at::kFloat).view({-1, 3, 8, 8});
    batch.target = at::arange(kExamples, at::kLong);
    batch.index = {10, 11, 12, 13, 14, 15};
    return batch;
  }

  void Apply(Batch& batch) const {
    Rng rng(7);
    ASSERT_OK(transform_->Apply(batch, rng));
  }

  std::unique_ptr<BatchTransform> transform_;
};

TEST_P(BatchTransformConformance, KeepsTheNumberOfExamples) {
  Batch batch = NewBatch();
  Apply(batch);
  EXPECT_EQ(batch.size(), kExamples);
  EXPECT_EQ(batch.input.dim(), 4);
  EXPECT_EQ(batch.input.size(0), kExamples);
  EXPECT_EQ(batch.input.scalar_type(), at::kFloat);
  EXPECT_EQ(batch.target.size(0), kExamples);
}

TEST_P(BatchTransformConformance, LeavesClassesOrSharesOfThem) {
  Batch batch = NewBatch();
  Apply(batch);
  EXPECT_EQ(transform_->SoftensTarget(), batch.target.dim() == 2);
  if (batch.target.dim() == 1) {
    EXPECT_EQ(batch.target.scalar_type(), at::kLong);
    return;
  }
  ASSERT_EQ(batch.target.dim(), 2);
  EXPECT_EQ(batch.target.size(1), kClasses);
  EXPECT_TRUE(batch.target.is_floating_point());
  EXPECT_TRUE(batch.target.ge(0).all().item<bool>());
  EXPECT_TRUE(batch.target.sum(1).allclose(at::ones({kExamples})));
}

TEST_P(BatchTransformConformance, KeepsTheShapeOfValues) {
  const Context values = Context().WithDataset({.target = TargetKind::kValues});
  auto made = Make<BatchTransform>(GetParam(), values);
  ASSERT_OK(made);
  EXPECT_FALSE((*made)->SoftensTarget());
  Batch batch = NewBatch();
  batch.target = at::ones({kExamples, 5});
  Rng rng(7);
  ASSERT_OK((*made)->Apply(batch, rng));
  EXPECT_EQ(batch.target.sizes(), at::IntArrayRef({kExamples, 5}));
}

TEST_P(BatchTransformConformance, IsAFunctionOfBatchAndGenerator) {
  Batch one = NewBatch();
  Batch other = NewBatch();
  Apply(one);
  Apply(other);
  EXPECT_TRUE(at::equal(one.input, other.input));
  EXPECT_TRUE(at::equal(one.target, other.target));
}

TEST_P(BatchTransformConformance, ReplacesTensorsAndWritesIntoNone) {
  Batch batch = NewBatch();
  const at::Tensor input = batch.input;
  const at::Tensor target = batch.target;
  Apply(batch);
  EXPECT_TRUE(at::equal(input, NewBatch().input));
  EXPECT_TRUE(at::equal(target, NewBatch().target));
}

TEST_P(BatchTransformConformance, TakesABatchOfOneExample) {
  Batch batch = NewBatch();
  batch.input = batch.input.narrow(0, 0, 1);
  batch.target = batch.target.narrow(0, 0, 1);
  batch.index.resize(1);
  Apply(batch);
  EXPECT_EQ(batch.input.size(0), 1);
}

CONFORMANCE_SUITE(BatchTransformConformance, BatchTransform::kKind);

}  // namespace
}  // namespace toque
