#include <string>

#include "ATen/Context.h"
#include "ATen/core/grad_mode.h"
#include "ATen/ops/allclose.h"
#include "ATen/ops/arange.h"
#include "ATen/ops/cross_entropy_loss.h"
#include "ATen/ops/tensor.h"
#include "ATen/ops/zeros.h"
#include "framework/core/model.h"
#include "framework/core/model_access.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

// sin(0), sin(1), ...: [2, 1, 28, 28].
at::Tensor Sines() {
  return at::arange(2 * 28 * 28, at::kDouble)
      .sin()
      .to(at::kFloat)
      .reshape({2, 1, 28, 28});
}

int64_t CountParameters(const Model& model) {
  int64_t count = 0;
  for (const auto& [name, tensor] : Parameters(model)) count += tensor.numel();
  return count;
}

std::string Fault(Model& model, at::IntArrayRef shape) {
  try {
    Predict(model, at::zeros(shape));
  } catch (const LayerError& error) {
    return error.what();
  }
  return "no fault";
}

TEST(ConvNetTest, HasTheArticlesParametersUnderItsNames) {
  const auto model = MakeOrDie<Model>("recipe.ConvNet");
  std::vector<std::string> names;
  for (const auto& [name, tensor] : Parameters(*model)) names.push_back(name);
  EXPECT_THAT(names, testing::ElementsAre("layer1.0.weight", "layer1.0.bias",
                                          "layer1.1.weight", "layer1.1.bias",
                                          "layer2.0.weight", "layer2.0.bias",
                                          "layer2.1.weight", "layer2.1.bias",
                                          "fc.weight", "fc.bias"));
  EXPECT_EQ(CountParameters(*model), 29034);
}

TEST(ConvNetTest, FirstTwoChildrenGiveMapsOf7x7) {
  const auto model = MakeOrDie<Model>("recipe.ConvNet");
  at::Tensor maps = Sines();
  for (int i = 0; i < 2; ++i) {
    maps = (*std::dynamic_pointer_cast<Block>(model->children()[i]))(maps);
  }
  EXPECT_EQ(maps.sizes(), at::IntArrayRef({2, 32, 7, 7}));
}

// torch 2.11: tests/goldens/models.py
TEST(ConvNetTest, GivesPyTorchsLogits) {
  at::manual_seed(0);
  const auto model = MakeOrDie<Model>("recipe.ConvNet");
  const ModeScope evaluation(*model, /*training=*/false);
  const at::Tensor golden =
      at::tensor({-0.092752f, 0.157075f, 0.164344f, 0.039704f, 0.00096f,
                  -0.060881f, -0.02894f, 0.052093f, 0.080322f, 0.092411f});
  EXPECT_TRUE(at::allclose(Predict(*model, Sines())[1], golden, 0, 2e-6));
}

// torch 2.11: tests/goldens/models.py
TEST(ConvNetTest, AStepLowersTheLossAsInPyTorch) {
  at::manual_seed(0);
  const auto model = MakeOrDie<Model>("recipe.ConvNet");
  const at::Tensor target = at::tensor({3, 5}, at::kLong);
  const at::Tensor before =
      at::cross_entropy_loss(Predict(*model, Sines()), target);
  EXPECT_NEAR(before.item<double>(), 2.440285, 1e-5);
  before.backward();
  {
    const at::NoGradGuard no_grad;
    for (const auto& [name, parameter] : Parameters(*model)) {
      parameter.sub_(parameter.grad(), 0.01);
    }
  }
  const at::Tensor after =
      at::cross_entropy_loss(Predict(*model, Sines()), target);
  EXPECT_NEAR(after.item<double>(), 0.41842, 1e-3);
}

TEST(ConvNetTest, TakesOtherSizes) {
  const auto model = MakeOrDie<Model>(
      "recipe.ConvNet",
      "classes: 7 in_channels: 3 input_size: 32 channels1: 4 channels2: 6");
  EXPECT_EQ(model->ExampleShape(), std::vector<int64_t>({3, 32, 32}));
  EXPECT_EQ(Predict(*model, at::zeros({5, 3, 32, 32})).sizes(),
            at::IntArrayRef({5, 7}));
  // Convolutions, batch norms and the linear layer.
  EXPECT_EQ(CountParameters(*model),
            (4 * 3 * 25 + 4) + (6 * 4 * 25 + 6) + 8 + 12 + (7 * 6 * 64 + 7));
}

TEST(ConvNetTest, AWrongInputNamesTheLayerAndBothShapes) {
  const auto model = MakeOrDie<Model>("recipe.ConvNet");
  EXPECT_EQ(Fault(*model, {2, 3, 28, 28}),
            "layer1.0: Conv2d(1, 16, kernel 5x5): input [2, 3, 28, 28]: input "
            "must have shape [*, 1, *, *], got [2, 3, 28, 28]");
  EXPECT_EQ(Fault(*model, {2, 1, 32, 32}),
            "fc: Linear(1568, 10): input [2, 2048]: input must have 1568 "
            "features, got [2, 2048]");
}

TEST(ConvNetTest, RefusesBadOptions) {
  const auto made = [](std::string_view options) {
    return Make<Model>("recipe.ConvNet", options);
  };
  EXPECT_THAT(
      made("classes: 0"),
      FailsWith("here: recipe.ConvNet: classes must be at least 1, got 0"));
  EXPECT_THAT(made("in_channels: 0"),
              FailsWith("in_channels must be at least 1, got 0"));
  EXPECT_THAT(made("input_size: 30"),
              FailsWith("input_size must be a multiple of 4, got 30"));
  EXPECT_THAT(made("input_size: 0"),
              FailsWith("input_size must be a multiple of 4, got 0"));
  EXPECT_THAT(made("channels1: 0"),
              FailsWith("channels1 must be at least 1, got 0"));
  EXPECT_THAT(made("channels2: -2"),
              FailsWith("channels2 must be at least 1, got -2"));
  EXPECT_THAT(made("dropout: -0.1"),
              FailsWith("dropout must be at least 0 and below 1, got -0.1"));
  EXPECT_THAT(made("dropout: 1"),
              FailsWith("dropout must be at least 0 and below 1, got 1"));
}

}  // namespace
}  // namespace toque
