#include <string>
#include <vector>

#include "ATen/Context.h"
#include "ATen/ops/allclose.h"
#include "ATen/ops/arange.h"
#include "ATen/ops/cat.h"
#include "ATen/ops/tensor.h"
#include "ATen/ops/zeros.h"
#include "framework/core/model.h"
#include "framework/core/model_access.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

// sin(0), sin(1), ...
at::Tensor Sines(at::IntArrayRef shape) {
  return at::arange(c10::multiply_integers(shape), at::kDouble)
      .sin()
      .to(at::kFloat)
      .view(shape);
}

std::shared_ptr<Model> MakeSeeded(std::string_view options) {
  at::manual_seed(0);
  return MakeOrDie<Model>("recipe.Gru", options);
}

TEST(GruTest, HasPyTorchsParameterNames) {
  const auto model = MakeSeeded("layers: 2");
  std::vector<std::string> names;
  for (const auto& [name, tensor] : Parameters(*model)) names.push_back(name);
  EXPECT_THAT(names,
              testing::ElementsAre(
                  "gru.weight_ih_l0", "gru.weight_hh_l0", "gru.bias_ih_l0",
                  "gru.bias_hh_l0", "gru.weight_ih_l1", "gru.weight_hh_l1",
                  "gru.bias_ih_l1", "gru.bias_hh_l1", "fc.weight", "fc.bias"));
}

// torch 2.11: tests/goldens/models.py
TEST(GruTest, GivesPyTorchsLogitsAfterTheLastStep) {
  const auto model = MakeSeeded("inputs: 3 hidden: 8 layers: 2 outputs: 6");
  const at::Tensor golden = at::tensor(
      {0.25959f, -0.006534f, -0.352565f, 0.027474f, 0.076356f, -0.064246f});
  EXPECT_TRUE(
      at::allclose(Predict(*model, Sines({2, 5, 3}))[1], golden, 0, 2e-6));
}

// torch 2.11: tests/goldens/models.py
TEST(GruTest, GivesPyTorchsLogitsAfterEveryStep) {
  const auto model =
      MakeSeeded("inputs: 3 hidden: 8 layers: 2 outputs: 6 output: EVERY");
  const at::Tensor output = Predict(*model, Sines({2, 5, 3}));
  EXPECT_EQ(output.sizes(), at::IntArrayRef({2, 6, 5}));
  const at::Tensor golden = at::tensor(
      {0.256398f, -0.004312f, -0.31011f, -0.002833f, 0.027212f, -0.094958f});
  EXPECT_TRUE(at::allclose(output[1].select(1, 2), golden, 0, 2e-6));
}

TEST(GruTest, PiecesOfASequenceGiveWhatTheWholeGives) {
  const auto model = MakeSeeded("layers: 2 output: EVERY");
  const at::Tensor input = Sines({3, 10, 4});
  const at::Tensor whole = Predict(*model, input);
  ResetState(*model);
  std::vector<at::Tensor> pieces;
  for (const at::Tensor& piece : input.split(4, 1)) {
    pieces.push_back(Predict(*model, piece));
    DetachState(*model);
  }
  EXPECT_TRUE(at::allclose(at::cat(pieces, 2), whole, 1e-5, 1e-6));
  ResetState(*model);
  EXPECT_TRUE(Predict(*model, input).equal(whole));
}

// R79: the last output after 10 steps, in pieces of 4, 4 and 2.
TEST(GruTest, GradientsReachBackToTheLastDetachAndNoFurther) {
  const auto model = MakeSeeded("");
  const at::Tensor input = Sines({3, 10, 4}).requires_grad_();
  at::Tensor last;
  for (const at::Tensor& piece : input.split(4, 1)) {
    DetachState(*model);
    last = Predict(*model, piece);
  }
  last.sum().backward();
  const at::Tensor reached = input.grad().abs().sum(2).sum(0);  // by step
  EXPECT_TRUE(reached.slice(0, 0, 8).eq(0).all().item<bool>());
  EXPECT_TRUE(reached.slice(0, 8).gt(0).all().item<bool>());
}

TEST(GruTest, RecomputedPiecesHaveTheSameGradients) {
  const auto gradients = [](bool recompute) {
    const auto model = MakeSeeded("layers: 2 dropout: 0.5");
    EXPECT_OK(
        MarkRecompute(*model, std::vector<std::string>(recompute, "gru")));
    for (const at::Tensor& piece : Sines({3, 8, 4}).split(4, 1)) {
      Predict(*model, piece).sum().backward();
      DetachState(*model);
    }
    std::vector<at::Tensor> all;
    for (const auto& [name, parameter] : Parameters(*model)) {
      all.push_back(parameter.grad().flatten());
    }
    return at::cat(all);
  };
  EXPECT_TRUE(gradients(true).equal(gradients(false)));
}

TEST(GruTest, AWrongInputNamesTheLayerAndBothShapes) {
  const auto model = MakeSeeded("");
  try {
    Predict(*model, at::zeros({2, 5, 3}));
    FAIL() << "nothing was thrown";
  } catch (const LayerError& error) {
    EXPECT_STREQ(error.what(),
                 "gru: Gru(4, 32): input [2, 5, 3]: input must have shape "
                 "[*, *, 4], got [2, 5, 3]");
  }
}

TEST(GruTest, RefusesBadOptions) {
  const std::pair<const char*, const char*> faults[] = {
      {"inputs: 0", "here: recipe.Gru: inputs must be at least 1, got 0"},
      {"hidden: 0", "hidden must be at least 1, got 0"},
      {"layers: -1", "layers must be at least 1, got -1"},
      {"dropout: 1", "dropout must be at least 0 and below 1, got 1"},
      {"outputs: 0", "outputs must be at least 1, got 0"},
  };
  for (const auto& [options, text] : faults) {
    EXPECT_THAT(Make<Model>("recipe.Gru", options), FailsWith(text));
  }
}

}  // namespace
}  // namespace toque
