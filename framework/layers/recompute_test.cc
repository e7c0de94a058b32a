#include "framework/layers/recompute.h"

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "ATen/Context.h"
#include "ATen/autocast_mode.h"
#include "ATen/ops/arange.h"
#include "ATen/ops/cat.h"
#include "ATen/ops/ones.h"
#include "ATen/ops/rand.h"
#include "framework/layers/layers.h"
#include "framework/layers/recurrent.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "torch/csrc/autograd/autograd.h"

namespace toque {
namespace {

using testing::ElementsAre;

// [2, 3, 6, 6]
at::Tensor Picture() {
  return at::arange(216, at::kDouble).sin().to(at::kFloat).view({2, 3, 6, 6});
}

Layer ConvBlock() {
  return Sequential(Conv2d({.in = 3, .out = 4, .kernel = 3, .padding = 1}),
                    BatchNorm2d(4), Relu(Inplace::kYes), Dropout(0.5),
                    Conv2d({.in = 4, .out = 3, .kernel = 3, .padding = 1}));
}

// Everything that a step of training shows.
using Step = std::map<std::string, at::Tensor>;

// Forward and backward.
Step StepOf(const Layer& layer, const at::Tensor& given) {
  Step step;
  at::manual_seed(5);
  const at::Tensor input = given.detach().requires_grad_();
  const at::Tensor output = (*layer)(input.mul(1));
  output.mul(at::arange(output.numel()).cos().view_as(output)).sum().backward();
  step["output"] = output.detach();
  step["draw"] = at::rand({4});
  step["gradient of the input"] = input.grad();
  for (const auto& buffer : layer->named_buffers()) {
    step[buffer.key()] = buffer.value();
  }
  for (const auto& parameter : layer->named_parameters()) {
    step["gradient of " + parameter.key()] = parameter.value().grad();
  }
  return step;
}

void ExpectBitEqual(const Step& actual, const Step& expected) {
  ASSERT_EQ(actual.size(), expected.size());
  for (const auto& [what, tensor] : expected) {
    ASSERT_EQ(actual.at(what).defined(), tensor.defined()) << what;
    if (!tensor.defined()) continue;
    EXPECT_TRUE(actual.at(what).equal(tensor)) << what;
  }
}

Layer MakeSeeded(const std::function<Layer()>& make) {
  at::manual_seed(1);
  return make();
}

struct Case {
  const char* name;
  Layer (*make)();
  at::Tensor (*input)();
};

void PrintTo(const Case& layer, std::ostream* out) { *out << layer.name; }

class RecomputeTest : public testing::TestWithParam<Case> {};

TEST_P(RecomputeTest, AStepIsBitEqualToThePlainForm) {
  const Layer plain = MakeSeeded(GetParam().make);
  const Layer recomputed = MakeSeeded(GetParam().make);
  recomputed->Recompute();
  ExpectBitEqual(StepOf(recomputed, GetParam().input()),
                 StepOf(plain, GetParam().input()));
}

TEST_P(RecomputeTest, PartsOfAMarkedPartMayBeMarked) {
  const Layer plain = MakeSeeded(GetParam().make);
  const Layer recomputed = MakeSeeded(GetParam().make);
  for (const auto& part : recomputed->modules()) {
    std::dynamic_pointer_cast<Block>(part)->Recompute();
  }
  ExpectBitEqual(StepOf(recomputed, GetParam().input()),
                 StepOf(plain, GetParam().input()));
}

TEST_P(RecomputeTest, AStepInBfloat16IsBitEqualToThePlainForm) {
  const auto under_autocast = [](const Layer& layer) {
    const at::Tensor input = GetParam().input().requires_grad_();
    at::manual_seed(5);
    at::autocast::set_autocast_enabled(at::kCPU, true);
    const at::Tensor output = (*layer)(input.mul(1));
    at::autocast::set_autocast_enabled(at::kCPU, false);
    at::autocast::clear_cache();
    output.sum().backward();
    EXPECT_FALSE(at::autocast::is_autocast_enabled(at::kCPU));
    Step step{{"output", output.detach()}, {"input", input.grad()}};
    for (const auto& parameter : layer->named_parameters()) {
      step[parameter.key()] = parameter.value().grad();
    }
    return step;
  };
  const Layer plain = MakeSeeded(GetParam().make);
  const Layer recomputed = MakeSeeded(GetParam().make);
  recomputed->Recompute();
  ExpectBitEqual(under_autocast(recomputed), under_autocast(plain));
}

INSTANTIATE_TEST_SUITE_P(
    Layers, RecomputeTest,
    testing::ValuesIn(std::vector<Case>{
        {"Convolutions", ConvBlock, Picture},
        {"InPlaceFirst",
         [] { return Sequential(Relu(Inplace::kYes), ConvBlock()); }, Picture},
        {"Linear", [] { return Sequential(Linear(6, 6), Tanh()); }, Picture},
        {"Tied",
         [] {
           const Layer linear = Linear(6, 6);
           return Sequential(linear, Tanh(), linear);
         },
         Picture},
        {"TiedRecurrent",
         [] {
           const Layer lstm =
               Lstm({.in = 3,
                     .hidden = 3,
                     .start = RecurrentOptions::Start::kLastState});
           return Sequential(lstm, Tanh(), lstm);
         },
         [] {
           return Picture().view({8, 9, 3});
         }},
        {"Nothing", [] { return Sequential(); }, Picture},
        {"View", [] { return Flatten(); }, Picture},
        {"Recurrent",
         [] {
           return Layer(Lstm({.in = 3,
                              .hidden = 3,
                              .layers = 2,
                              .dropout = 0.5,
                              .start = RecurrentOptions::Start::kLastState}));
         },
         [] {
           return Picture().view({8, 9, 3});
         }},
        {"RecurrentFromZeros",
         [] { return Sequential(Gru({.in = 3, .hidden = 3})); },
         [] {
           return Picture().view({8, 9, 3});
         }},
    }),
    [](const auto& info) { return info.param.name; });

// The second call begins where the first ended, and its gradients reach the
// first; only the order of sums differs.
TEST(RecomputeStateTest, GradientsFlowThroughWhatIsCarried) {
  const auto gradients = [](bool recompute) {
    at::manual_seed(1);
    const auto layer = Lstm(
        {.in = 3, .hidden = 3, .start = RecurrentOptions::Start::kLastState});
    if (recompute) layer->Recompute();
    const at::Tensor input = Picture().view({8, 9, 3}).requires_grad_();
    (*layer)(input);
    (*layer)(input.detach()).sum().backward();
    const at::Tensor carried = layer->Carried()[1].detach();
    const at::Tensor weights = layer->parameters()[1].grad();
    return at::cat(
        {input.grad().flatten(), carried.flatten(), weights.flatten()});
  };
  EXPECT_TRUE(gradients(true).allclose(gradients(false), 1e-5, 1e-7));
}

// Squares its input, and remembers how often and a weak reference to a value
// that its gradient needs.
struct Squares : Block {
  at::Tensor Forward(const at::Tensor& input) override {
    ++calls;
    const at::Tensor half = input.mul(scale);
    between = half.getIntrusivePtr();
    return half.mul(half);
  }
  at::Tensor scale = register_parameter("scale", at::ones({}).mul(0.5));
  int calls = 0;
  c10::weak_intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl> between{
      at::Tensor().getIntrusivePtr()};
};

class RecomputedSquares : public testing::Test {
 protected:
  void SetUp() override { layer_->Recompute(); }

  std::shared_ptr<Squares> layer_ = std::make_shared<Squares>();
  at::Tensor input_ = at::ones({3});
};

TEST_F(RecomputedSquares, KeepNoMoreThanTheInput) {
  const at::Tensor output = (*layer_)(input_);
  EXPECT_TRUE(layer_->between.expired());
  EXPECT_EQ(layer_->calls, 1);
  output.sum().backward();
  EXPECT_EQ(layer_->calls, 2);
  EXPECT_EQ(layer_->scale.grad().item<float>(), 3);  // of 3 scale^2
}

TEST_F(RecomputedSquares, RunOnceWhereNoGradientsAreRecorded) {
  const at::NoGradGuard no_grad;
  EXPECT_EQ((*layer_)(input_)[0].item<float>(), 0.25);
  EXPECT_EQ(layer_->calls, 1);
}

TEST_F(RecomputedSquares, GiveNoGradientToFrozenParameters) {
  layer_->scale.requires_grad_(false);
  EXPECT_FALSE((*layer_)(input_).requires_grad());
  input_.requires_grad_();
  (*layer_)(input_).sum().backward();
  EXPECT_FALSE(layer_->scale.grad().defined());
  EXPECT_EQ(input_.grad()[1].item<float>(), 0.5);
}

TEST_F(RecomputedSquares, GoBackwardAgainWhereTheGraphIsKept) {
  const at::Tensor output = (*layer_)(input_).sum();
  output.backward({}, /*retain_graph=*/true);
  output.backward();
  EXPECT_EQ(layer_->scale.grad().item<float>(), 6);
}

TEST_F(RecomputedSquares, RefuseASecondDerivative) {
  const at::Tensor output = (*layer_)(input_.requires_grad_()).sum();
  EXPECT_THROW(torch::autograd::grad({output}, {input_}, {}, true, true),
               c10::Error);
}

TEST_F(RecomputedSquares, AreObservedOnce) {
  struct : Observer {
    void Called(std::string_view path, const Block&, const at::Tensor&,
                const at::Tensor&) override {
      paths.emplace_back(path);
    }
    std::vector<std::string> paths;
  } observer;
  const ObserverScope scope(&observer);
  const Layer parent = Sequential(layer_);
  parent->Recompute();
  (*parent)(input_).sum().backward();
  EXPECT_EQ(layer_->calls, 3);  // in backward once for each mark
  EXPECT_THAT(observer.paths, ElementsAre("0", ""));
}

TEST_F(RecomputedSquares, FailInBackwardWhereTheInputHasChanged) {
  const at::Tensor output = (*layer_)(input_);
  input_.add_(1);
  EXPECT_THROW(output.sum().backward(), c10::Error);
}

TEST(RecomputeModeTest, TellsTheSecondRunApart) {
  struct : Block {
    at::Tensor Forward(const at::Tensor& input) override {
      second.push_back(Recomputing());
      EXPECT_TRUE(KeepsInput());
      return input.mul(2);
    }
    std::vector<bool> second;
  } layer;
  layer.Recompute();
  layer(at::ones({2}).requires_grad_()).sum().backward();
  EXPECT_THAT(layer.second, ElementsAre(false, true));
  EXPECT_FALSE(Recomputing());
  EXPECT_FALSE(KeepsInput());
}

}  // namespace
}  // namespace toque
