#include <cmath>

#include "ATen/ops/cross_entropy_loss.h"
#include "ATen/ops/eye.h"
#include "ATen/ops/ones.h"
#include "ATen/ops/tensor.h"
#include "ATen/ops/zeros.h"
#include "framework/core/batch_transform.h"
#include "framework/testing/tensor_matchers.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

constexpr int64_t kClasses = 3;
const Context kLabels = Context().WithDataset({.classes = kClasses});
const Context kValues = Context().WithDataset({.target = TargetKind::kValues});

// The rows of a unit matrix as inputs: mixed, they show what they are made of.
Batch UnitBatch(int64_t size, const at::Tensor& target) {
  Batch batch{.input = at::eye(size, at::kDouble), .target = target};
  batch.index.resize(static_cast<size_t>(size));
  return batch;
}
at::Tensor Labels(int64_t size) {
  return at::ones({size}, at::kLong).cumsum(0).remainder(kClasses);
}

Batch Mixed(std::string_view options, Batch batch, uint64_t seed = 1,
            const Context& context = kLabels) {
  const auto mixup =
      MakeOrDie<BatchTransform>("recipe.Mixup", options, context);
  Rng rng(seed);
  EXPECT_OK(mixup->Apply(batch, rng));
  return batch;
}

// tests/goldens/mixup.py
TEST(MixupTest, IsThatOfTheRecipeForASeed) {
  const Batch batch = Mixed("alpha: 0.4", UnitBatch(4, Labels(4)));
  const double w = 0.186922810517242;
  EXPECT_THAT(batch.input,
              AllClose(at::tensor({w, 0., 1 - w, 0., 0., w, 0., 1 - w,  //
                                   1 - w, 0., w, 0., 0., 1 - w, 0., w})
                           .view({4, 4}),
                       0, 1e-14));
  // Labels 1, 2, 0, 1 with 0, 1, 1, 2.
  EXPECT_THAT(batch.target.to(at::kDouble),
              AllClose(at::tensor({1 - w, w, 0., 0., 1 - w, w,  //
                                   w, 1 - w, 0., 0., w, 1 - w})
                           .view({4, 3}),
                       0, 1e-7));
}

// tests/goldens/mixup.py
TEST(MixupTest, DrawsAWeightForEachExampleWhereAsked) {
  const Batch batch = Mixed("alpha: 0.4 per: EXAMPLE", UnitBatch(4, Labels(4)));
  EXPECT_THAT(batch.input.diagonal(),
              AllClose(at::tensor({0.186922810517242, 0.517558107516524,
                                   0.897681293482374, 0.254238543960327}),
                       0, 1e-14));
}

// Beta(a, a) has mean 1/2 and variance 1 / (4 (2 a + 1)); 10,000 weights.
TEST(MixupTest, DrawsWeightsWithTheMomentsOfBeta) {
  double sum = 0;
  double squares = 0;
  double count = 0;
  for (uint64_t seed = 0; seed < 50; ++seed) {
    const at::Tensor weights =
        Mixed("alpha: 0.4 per: EXAMPLE", UnitBatch(200, Labels(200)), seed)
            .input.diagonal();
    // Those that the permutation left in place show no weight.
    const at::Tensor moved = weights.masked_select(weights.ne(1));
    sum += moved.sum().item<double>();
    squares += moved.sub(0.5).square().sum().item<double>();
    count += static_cast<double>(moved.numel());
  }
  EXPECT_GT(count, 9'900);
  EXPECT_NEAR(sum / count, 0.5, 5 * 0.00373);
  EXPECT_NEAR(squares / count, 1 / (4 * 1.8), 5 * 0.0009);
}

// The weight is then 0 or 1, but for a rare draw.
TEST(MixupTest, OnlyReordersOrLeavesABatchForATinyAlpha) {
  int left = 0;
  for (uint64_t seed = 0; seed < 40; ++seed) {
    const Batch batch = Mixed("alpha: 1e-9", UnitBatch(8, Labels(8)), seed);
    EXPECT_TRUE(batch.input.sum(0).equal(at::ones({8}, at::kDouble)));
    const at::Tensor place = batch.input.argmax(1);
    EXPECT_TRUE(batch.target.argmax(1).equal(Labels(8).index_select(0, place)));
    EXPECT_TRUE(batch.target.amax(1).equal(at::ones({8})));
    left += batch.input.equal(at::eye(8, at::kDouble)) ? 1 : 0;
  }
  EXPECT_NEAR(left, 20, 5 * 3.2);
}

// loss = w * loss(y) + (1 - w) * loss(y[other]): recipe R60.
TEST(MixupTest, MakesTheCrossEntropyThatTheRecipeAddsUp) {
  const at::Tensor logits = at::eye(6, at::kFloat).narrow(1, 0, kClasses);
  const Batch batch = Mixed("alpha: 1", UnitBatch(6, Labels(6)));
  // Row i: the loss of scores i for the label of each example.
  const at::Tensor losses =
      logits.log_softmax(1).neg().index_select(1, Labels(6));
  const double expected = batch.input.mul(losses).sum().div(6).item<double>();
  EXPECT_NEAR(at::cross_entropy_loss(logits, batch.target).item<double>(),
              expected, 1e-6);
}

TEST(MixupTest, MixesAnInputWithPicturesOfSeveralViews) {
  Batch batch = UnitBatch(4, Labels(4));
  batch.input = batch.input.view({4, 1, 2, 2}).repeat_interleave(2, 0);
  batch.views = 2;
  const at::Tensor expected =
      Mixed("alpha: 1", UnitBatch(4, Labels(4))).input.view({4, 1, 2, 2});
  EXPECT_TRUE(
      Mixed("alpha: 1", batch).input.equal(expected.repeat_interleave(2, 0)));
}

TEST(MixupTest, KeepsTypeAndMemoryFormatOfTheInput) {
  Batch batch = UnitBatch(2, Labels(2));
  batch.input = at::ones({2, 3, 4, 5}, at::kBFloat16)
                    .contiguous(at::MemoryFormat::ChannelsLast);
  const at::Tensor input = Mixed("alpha: 1", batch).input;
  EXPECT_EQ(input.scalar_type(), at::kBFloat16);
  EXPECT_TRUE(input.is_contiguous(at::MemoryFormat::ChannelsLast));
}

// One class an example, in order: rows of the target are those of the input.
TEST(MixupTest, MixesInputsOfFewBitsWithTheWeightsOfTheTarget) {
  for (const char* options : {"alpha: 0.1", "alpha: 0.1 per: EXAMPLE"}) {
    for (uint64_t seed = 0; seed < 20; ++seed) {
      Batch batch = UnitBatch(3, at::tensor({0, 1, 2}, at::kLong));
      batch.input = batch.input.to(at::kBFloat16);
      batch = Mixed(options, batch, seed);
      EXPECT_EQ(batch.target.scalar_type(), at::kFloat);
      EXPECT_THAT(batch.input.to(at::kFloat),
                  AllClose(batch.target, /*rtol=*/1. / 256, /*atol=*/1e-7))
          << options << seed;
    }
  }
}

TEST(MixupTest, LeavesABatchOfOneAsItIs) {
  const Batch batch = Mixed("alpha: 1", UnitBatch(1, Labels(1)));
  EXPECT_TRUE(batch.input.equal(at::ones({1, 1}, at::kDouble)));
  EXPECT_TRUE(batch.target.equal(at::tensor({0.f, 1.f, 0.f}).view({1, 3})));
}

// Decision Q6 of the recipes.
TEST(MixupTest, MakesARowOfZerosOfAnIgnoredLabel) {
  const at::Tensor ignored = at::tensor({-100}, at::kLong);
  const Batch batch = Mixed("alpha: 1", UnitBatch(1, ignored));
  EXPECT_TRUE(batch.target.equal(at::zeros({1, 3})));
}

TEST(MixupTest, MixesValuesAsTheInput) {
  const Batch batch =
      Mixed("alpha: 1", UnitBatch(4, at::eye(4, at::kDouble)), 1, kValues);
  EXPECT_TRUE(batch.target.equal(batch.input));
}

TEST(MixupTest, MixesWhatIsMixedAlready) {
  const Batch once = Mixed("alpha: 1", UnitBatch(4, Labels(4)), 1);
  const Batch twice = Mixed("alpha: 1", once, 2);
  EXPECT_EQ(twice.target.sizes(), at::IntArrayRef({4, 3}));
  EXPECT_THAT(twice.target.sum(1), AllClose(at::ones({4})));
}

TEST(MixupTest, SoftensLabelsAlone) {
  const auto softens = [](const Context& context) {
    return MakeOrDie<BatchTransform>("recipe.Mixup", "alpha: 1", context)
        ->SoftensTarget();
  };
  EXPECT_TRUE(softens(kLabels));
  EXPECT_FALSE(softens(kValues));
}

TEST(MixupTest, RefusesWhatCannotBeMixed) {
  const auto apply = [](Batch batch, const Context& context) {
    Rng rng(1);
    return MakeOrDie<BatchTransform>("recipe.Mixup", "alpha: 1", context)
        ->Apply(batch, rng);
  };
  EXPECT_THAT(apply(UnitBatch(2, Labels(2)), Context()),
              FailsWith("the data set must have classes, got 0"));
  Batch whole = UnitBatch(2, Labels(2));
  whole.input = at::ones({2, 2}, at::kLong);
  EXPECT_THAT(apply(whole, kLabels),
              FailsWith("only inputs of a floating type can be mixed, got "));
}

TEST(MixupTest, RefusesAnAlphaThatIsNotAbove0) {
  EXPECT_THAT(Make<BatchTransform>("recipe.Mixup"),
              FailsWith("here: recipe.Mixup: alpha must be given"));
  EXPECT_THAT(Make<BatchTransform>("recipe.Mixup", "alpha: 0"),
              FailsWith("alpha must be above 0, got 0"));
  EXPECT_THAT(Make<BatchTransform>("recipe.Mixup", "alpha: inf"),
              FailsWith("alpha must be finite and above 0, got inf"));
}

}  // namespace
}  // namespace toque
