#include "ATen/ops/arange.h"
#include "ATen/ops/ones.h"
#include "ATen/ops/tensor.h"
#include "ATen/ops/zeros.h"
#include "framework/core/batch_transform.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

constexpr int64_t kSize = 4;
const Context kLabels = Context().WithDataset({.classes = kSize});
const Context kValues = Context().WithDataset({.target = TargetKind::kValues});

// Pictures of one colour, the example's number, which is its label too.
Batch NumberedBatch(int64_t size = kSize) {
  Batch batch;
  batch.target = at::arange(size, at::kLong);
  batch.input = batch.target.to(at::kFloat)
                    .view({size, 1, 1, 1})
                    .expand({size, 2, 8, 6})
                    .contiguous();
  batch.index.resize(static_cast<size_t>(size));
  return batch;
}

Batch Cut(std::string_view options, Batch batch, uint64_t seed = 1,
          const Context& context = kLabels) {
  const auto cut_mix =
      MakeOrDie<BatchTransform>("recipe.CutMix", options, context);
  Rng rng(seed);
  EXPECT_OK(cut_mix->Apply(batch, rng));
  return batch;
}

// tests/goldens/mixup.py: rows 0..2, columns 4 and 5, an eighth of the area.
TEST(CutMixTest, IsThatOfThePaperForASeed) {
  const Batch batch = Cut("", NumberedBatch());
  const int64_t other[] = {1, 3, 0, 2};
  at::Tensor input = NumberedBatch().input.clone();
  at::Tensor target = at::zeros({4, 4});
  for (int64_t i = 0; i < kSize; ++i) {
    input[i].narrow(1, 0, 3).narrow(2, 4, 2).fill_(other[i]);
    target[i][i] = 0.875f;
    target[i][other[i]] = 0.125f;
  }
  EXPECT_TRUE(batch.input.equal(input));
  EXPECT_TRUE(batch.target.equal(target));
}

TEST(CutMixTest, SharesTheTargetByTheAreaThatWasCut) {
  for (uint64_t seed = 0; seed < 50; ++seed) {
    const Batch batch = Cut("", NumberedBatch(), seed);
    for (int64_t label = 0; label < kSize; ++label) {
      const at::Tensor area =
          batch.input.eq(label).to(at::kFloat).flatten(1).mean(1);
      EXPECT_TRUE(batch.target.select(1, label).allclose(area, 0, 1e-6));
    }
  }
}

// Of a uniform w the side s = sqrt(1 - w) has a uniform square. The border
// leaves s - s^2 / 4 of it on the mean over centers, for both sides apart: the
// mean area is that of (s - s^2 / 4)^2, which is 1/2 - 1/5 + 1/48 = 0.32.
TEST(CutMixTest, CutsBoxesOfTheAreaOfThePaper) {
  const Context eight = Context().WithDataset({.classes = 8});
  double sum = 0;
  for (uint64_t seed = 0; seed < 400; ++seed) {
    Batch batch = NumberedBatch(8);
    batch.input = at::zeros({8, 1, 100, 100});
    // An example that is cut from another shows its share.
    batch = Cut("", batch, seed, eight);
    sum += 1 - batch.target.diagonal().min().item<double>();
  }
  EXPECT_NEAR(sum / 400, 0.32, 4 * 0.0125);
}

TEST(CutMixTest, LeavesABatchOfOneAsItIs) {
  const Batch batch = Cut("", NumberedBatch(1));
  EXPECT_TRUE(batch.input.equal(NumberedBatch(1).input));
  EXPECT_TRUE(
      batch.target.equal(at::tensor({1.f, 0.f, 0.f, 0.f}).view({1, 4})));
}

// Decision Q6 of the recipes.
TEST(CutMixTest, MakesARowOfZerosOfAnIgnoredLabel) {
  Batch batch = NumberedBatch(1);
  batch.target = at::tensor({-100}, at::kLong);
  EXPECT_TRUE(Cut("", batch).target.equal(at::zeros({1, 4})));
}

TEST(CutMixTest, AveragesValuesByArea) {
  Batch batch = NumberedBatch();
  batch.target = batch.input.narrow(1, 0, 1).mean({2, 3});
  batch = Cut("", batch, 1, kValues);
  EXPECT_TRUE(
      batch.target.allclose(batch.input.narrow(1, 0, 1).mean({2, 3}), 0, 1e-6));
}

TEST(CutMixTest, CutsAllViewsAndFramesAlike) {
  Batch batch = NumberedBatch();
  batch.input = batch.input.unsqueeze(2).repeat_interleave(2, 0).repeat(
      {1, 1, 3, 1, 1});  // two views, three frames
  batch.views = 2;
  const at::Tensor expected = Cut("", NumberedBatch()).input;
  EXPECT_TRUE(Cut("", batch).input.equal(
      expected.unsqueeze(2).repeat_interleave(2, 0).repeat({1, 1, 3, 1, 1})));
}

TEST(CutMixTest, KeepsTypeAndMemoryFormatOfTheInput) {
  Batch batch = NumberedBatch();
  batch.input =
      batch.input.to(at::kByte).contiguous(at::MemoryFormat::ChannelsLast);
  const at::Tensor input = Cut("", batch).input;
  EXPECT_EQ(input.scalar_type(), at::kByte);
  EXPECT_TRUE(input.is_contiguous(at::MemoryFormat::ChannelsLast));
}

TEST(CutMixTest, SoftensLabelsAlone) {
  const auto softens = [](const Context& context) {
    return MakeOrDie<BatchTransform>("recipe.CutMix", "", context)
        ->SoftensTarget();
  };
  EXPECT_TRUE(softens(kLabels));
  EXPECT_FALSE(softens(kValues));
}

TEST(CutMixTest, RefusesWhatIsNoPicture) {
  Batch batch = NumberedBatch();
  batch.input = at::ones({kSize, 8});
  Rng rng(1);
  EXPECT_THAT(MakeOrDie<BatchTransform>("recipe.CutMix", "", kLabels)
                  ->Apply(batch, rng),
              FailsWith("the input must have at least 4 dimensions, got 2"));
}

TEST(CutMixTest, RefusesAnAlphaThatIsNotAbove0) {
  EXPECT_THAT(Make<BatchTransform>("recipe.CutMix", "alpha: 0"),
              FailsWith("here: recipe.CutMix: alpha must be above 0, got 0"));
  EXPECT_THAT(Make<BatchTransform>("recipe.CutMix", "alpha: inf"),
              FailsWith("alpha must be finite and above 0, got inf"));
}

}  // namespace
}  // namespace toque
