#include "framework/layers/layers.h"

#include <string>
#include <vector>

#include "ATen/Context.h"
#include "ATen/ops/allclose.h"
#include "ATen/ops/arange.h"
#include "ATen/ops/cat.h"
#include "ATen/ops/ones.h"
#include "ATen/ops/randn.h"
#include "ATen/ops/tensor.h"
#include "framework/layers/recurrent.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace toque {
namespace {

// The text of what is thrown when `layer` is given ones of this shape.
std::string Fault(const Layer& layer, at::IntArrayRef shape) {
  try {
    (*layer)(at::ones(shape));
  } catch (const LayerError& error) {
    return error.what();
  }
  return "no fault";
}

TEST(LayersTest, FaultsNameTheLayerAndBothShapes) {
  EXPECT_EQ(Fault(Linear(64, 10), {8, 100}),
            "Linear(64, 10): input [8, 100]: input must have 64 features, got "
            "[8, 100]");
  EXPECT_EQ(Fault(Conv2d({.in = 3, .out = 8, .kernel = {1, 7}}), {2, 1, 9, 9}),
            "Conv2d(3, 8, kernel 1x7): input [2, 1, 9, 9]: input must have "
            "shape [*, 3, *, *], got [2, 1, 9, 9]");
  EXPECT_EQ(Fault(ConvTranspose2d({.in = 3, .out = 8}), {3, 9, 9}),
            "ConvTranspose2d(3, 8, kernel 1x1): input [3, 9, 9]: input must "
            "have shape [*, 3, *, *], got [3, 9, 9]");
  EXPECT_EQ(Fault(BatchNorm1d(4), {2, 3}),
            "BatchNorm1d(4): input [2, 3]: input must have shape [*, 4], got "
            "[2, 3]");
  EXPECT_EQ(Fault(GroupNorm(2, 4), {2, 3, 5}),
            "GroupNorm(2, 4): input [2, 3, 5]: input must have shape "
            "[*, 4, *], got [2, 3, 5]");
  EXPECT_EQ(Fault(MaxPool2d({.kernel = 3}), {2, 3, 5}),
            "MaxPool2d(3x3): input [2, 3, 5]: input must have shape "
            "[*, *, *, *], got [2, 3, 5]");
  EXPECT_EQ(Fault(Lstm({.in = 3, .hidden = 4}), {2, 5, 7}),
            "Lstm(3, 4): input [2, 5, 7]: input must have shape [*, *, 3], got "
            "[2, 5, 7]");
}

TEST(LayersTest, BatchNormRefusesOneValueAChannelInTraining) {
  const Layer layer = BatchNorm1d(3);
  EXPECT_THAT(Fault(layer, {1, 3}),
              testing::EndsWith("more than one value a channel in training, "
                                "got [1, 3]"));
  layer->eval();
  EXPECT_EQ(Fault(layer, {1, 3}), "no fault");
}

TEST(LayersTest, EmbeddingPicksRowsOfPyTorchsWeight) {
  at::manual_seed(0);
  const Layer layer = Embedding(5, 3);
  const at::Tensor output = (*layer)(at::tensor({4, 0}, at::kLong));
  // torch 2.11: manual_seed(0); Embedding(5, 3).weight[0]
  const at::Tensor first = at::tensor({1.5409961, -0.2934289, -2.1787894});
  EXPECT_TRUE(at::allclose(output[1], first.to(at::kFloat), 1e-6));
  EXPECT_TRUE(output[0].equal(layer->named_parameters()["weight"][4]));
}

TEST(LayersTest, SequentialNumbersItsParts) {
  const Layer layer = Sequential(Linear(3, 4), Relu(), Linear(4, 2));
  EXPECT_THAT(layer->named_parameters().keys(),
              testing::ElementsAre("0.weight", "0.bias", "2.weight", "2.bias"));
  EXPECT_EQ((*layer)(at::ones({5, 3})).sizes(), at::IntArrayRef({5, 2}));
  EXPECT_EQ(Fault(layer, {5, 2}),
            "0: Linear(3, 4): input [5, 2]: input must have 3 features, got "
            "[5, 2]");
}

TEST(LayersTest, SequentialOfNothingGivesItsInput) {
  const at::Tensor input = at::ones({2, 3});
  EXPECT_TRUE((*Sequential())(input).is_same(input));
}

TEST(LayersTest, FlattenTakesANonContiguousInput) {
  const at::Tensor input = at::arange(24).reshape({2, 3, 4}).transpose(1, 2);
  const at::Tensor output = (*Flatten())(input);
  EXPECT_EQ(output.sizes(), at::IntArrayRef({2, 12}));
  EXPECT_TRUE(output[1].equal(input[1].contiguous().flatten()));
}

TEST(LayersTest, FlattenTakesAnEmptyBatch) {
  EXPECT_EQ((*Flatten())(at::ones({0, 3, 4})).sizes(),
            at::IntArrayRef({0, 12}));
}

TEST(LayersTest, NamedSequentialKeepsNamesAndOrder) {
  const Layer layer =
      NamedSequential({{"second", Linear(3, 4)}, {"first", Linear(4, 2)}});
  EXPECT_THAT(layer->named_parameters().keys(),
              testing::ElementsAre("second.weight", "second.bias",
                                   "first.weight", "first.bias"));
  EXPECT_EQ((*layer)(at::ones({5, 3})).sizes(), at::IntArrayRef({5, 2}));
}

struct IgnoringObserver : Observer {
  void Called(std::string_view, const Block&, const at::Tensor&,
              const at::Tensor&) override {}
};

using MakeActivation = Layer (*)(Inplace);
class InplaceTest : public testing::TestWithParam<MakeActivation> {};

TEST_P(InplaceTest, OverwritesItsInputUnlessObserved) {
  const Layer layer = GetParam()(Inplace::kYes);
  const at::Tensor before = at::tensor({-1.0f, 0.5f, 7.0f});
  const at::Tensor expected = (*GetParam()(Inplace::kNo))(before);
  const at::Tensor input = before.clone();
  {
    IgnoringObserver observer;
    const ObserverScope scope(&observer);
    EXPECT_TRUE((*layer)(input).equal(expected));
    EXPECT_TRUE(input.equal(before));
  }
  EXPECT_TRUE((*layer)(input).is_same(input));
  EXPECT_TRUE(input.equal(expected));
}

INSTANTIATE_TEST_SUITE_P(Layers, InplaceTest,
                         testing::Values(&Relu, &Relu6, &Silu, &Hardsigmoid,
                                         &Hardswish));

TEST(LayersTest, HardActivationsAreTheirClosedForms) {
  const at::Tensor input =
      at::tensor({-4.0f, -3.0f, -1.5f, 0.0f, 1.5f, 3.0f, 6.0f, 8.0f});
  EXPECT_TRUE((*Relu6())(input).equal(
      at::tensor({0.0f, 0.0f, 0.0f, 0.0f, 1.5f, 3.0f, 6.0f, 6.0f})));
  const at::Tensor share =
      at::tensor({0.0f, 0.0f, 0.25f, 0.5f, 0.75f, 1.0f, 1.0f, 1.0f});
  EXPECT_TRUE(at::allclose((*Hardsigmoid())(input), share));
  EXPECT_TRUE(at::allclose((*Hardswish())(input), share * input));
}

TEST(LayersTest, AddResidualUsesTheBranchUnlessObserved) {
  const at::Tensor input = at::tensor({1.0f, 2.0f});
  const at::Tensor branch = at::tensor({3.0f, 5.0f});
  {
    IgnoringObserver observer;
    const ObserverScope scope(&observer);
    EXPECT_TRUE(AddResidual(branch, input).equal(at::tensor({4.0f, 7.0f})));
    EXPECT_TRUE(branch.equal(at::tensor({3.0f, 5.0f})));
  }
  // A sum of another type than the branch's is a tensor of its own.
  const at::Tensor wide = AddResidual(branch, input.to(at::kDouble));
  EXPECT_TRUE(wide.equal(at::tensor({4.0, 7.0})));
  EXPECT_TRUE(AddResidual(branch, input).is_same(branch));
  EXPECT_TRUE(branch.equal(at::tensor({4.0f, 7.0f})));
}

TEST(LayersTest, DropPathDropsWholeExamplesInTrainingAlone) {
  at::manual_seed(0);
  const Layer layer = DropPath(0.25);
  const at::Tensor input = at::ones({4000, 3});
  const at::Tensor output = (*layer)(input);
  EXPECT_TRUE(output.amax(1).equal(output.amin(1)));
  // 6 standard deviations of the share that is kept.
  EXPECT_NEAR(output.gt(0).to(at::kFloat).mean().item<double>(), 0.75, 0.04);
  EXPECT_FLOAT_EQ(output.max().item<float>(), 1 / 0.75f);
  layer->eval();
  EXPECT_TRUE((*layer)(input).is_same(input));
}

TEST(LayersTest, ReluLeavesItsInputAlone) {
  const at::Tensor input = at::tensor({-1.0f, 2.0f});
  EXPECT_TRUE((*Relu())(input).equal(at::tensor({0.0f, 2.0f})));
  EXPECT_TRUE(input.equal(at::tensor({-1.0f, 2.0f})));
}

TEST(LayersTest, DropoutOfZeroGivesItsInput) {
  const at::Tensor input = at::randn({2, 3});
  EXPECT_TRUE((*Dropout(0))(input).equal(input));
}

// Recurrent layers, which a clip cut in two must not disturb.
using MakeRecurrent = std::shared_ptr<Recurrent> (*)(const RecurrentOptions&);
class RecurrentTest : public testing::TestWithParam<MakeRecurrent> {
 protected:
  std::shared_ptr<Recurrent> layer_ =
      GetParam()({.in = 3,
                  .hidden = 4,
                  .layers = 2,
                  .start = RecurrentOptions::Start::kLastState});
  at::Tensor input_ = at::randn({2, 6, 3});
  at::Tensor head_ = input_.slice(1, 0, 4);
  at::Tensor tail_ = input_.slice(1, 4);
};

TEST_P(RecurrentTest, GoesOnWhereTheLastCallEnded) {
  const at::Tensor whole = (*layer_)(input_);
  layer_->ResetState();
  const at::Tensor halves = at::cat({(*layer_)(head_), (*layer_)(tail_)}, 1);
  EXPECT_TRUE(at::allclose(whole, halves, 1e-5, 1e-6));
}

TEST_P(RecurrentTest, DetachedStateEndsTheGradient) {
  for (const bool detach : {false, true}) {
    layer_->ResetState();
    const at::Tensor head = head_.detach().requires_grad_();
    (*layer_)(head);
    if (detach) layer_->DetachState();
    (*layer_)(tail_).sum().backward();
    EXPECT_EQ(head.grad().defined(), !detach);
  }
}

TEST_P(RecurrentTest, ForgetsItsStateByDefault) {
  const auto layer = GetParam()({.in = 3, .hidden = 4});
  EXPECT_TRUE((*layer)(input_).equal((*layer)(input_)));
}

INSTANTIATE_TEST_SUITE_P(Layers, RecurrentTest, testing::Values(&Lstm, &Gru),
                         [](const auto& info) {
                           return info.index == 0 ? "Lstm" : "Gru";
                         });

}  // namespace
}  // namespace toque
