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

// sin(0), sin(1), ...: [2, 3, 32, 32].
at::Tensor Sines() {
  return at::arange(2 * 3 * 32 * 32, at::kDouble)
      .sin()
      .to(at::kFloat)
      .view({2, 3, 32, 32});
}

std::shared_ptr<Model> MakeSeeded(std::string_view options) {
  at::manual_seed(0);
  return MakeOrDie<Model>("recipe.CifarResNet", options);
}

int64_t CountParameters(const Model& model) {
  int64_t count = 0;
  for (const auto& [name, tensor] : Parameters(model)) count += tensor.numel();
  return count;
}

double LossOf(Model& model) {
  const at::Tensor target = at::tensor({3, 5}, at::kLong);
  const at::Tensor loss =
      at::cross_entropy_loss(Predict(model, Sines()), target);
  loss.backward();
  return loss.item<double>();
}

// torch 2.11: tests/goldens/models.py
TEST(CifarResNetTest, HasPyTorchsNumberOfParameters) {
  const std::pair<const char*, int64_t> sizes[] = {
      {"", 269722},          {"shortcut: B", 272474},
      {"depth: 32", 464154}, {"depth: 44 shortcut: B", 661338},
      {"depth: 56", 853018}, {"depth: 110", 1727962},
  };
  for (const auto& [options, count] : sizes) {
    EXPECT_EQ(CountParameters(*MakeSeeded(options)), count) << options;
  }
}

TEST(CifarResNetTest, HasTheNamesOfPublishedWeights) {
  const auto names = MakeSeeded("shortcut: B")->named_parameters().keys();
  for (const char* name : {"conv1.weight", "bn1.bias", "layer1.0.conv1.weight",
                           "layer1.2.bn2.weight", "layer2.0.shortcut.0.weight",
                           "layer3.0.shortcut.1.bias", "layer3.2.conv2.weight",
                           "linear.weight", "linear.bias"}) {
    EXPECT_THAT(names, testing::Contains(name));
  }
}

// torch 2.11: tests/goldens/models.py
TEST(CifarResNetTest, GivesPyTorchsLogits) {
  const auto deep = MakeSeeded("");
  const auto with_convolutions = MakeSeeded("depth: 14 shortcut: B");
  const ModeScope evaluation(*deep, /*training=*/false);
  const ModeScope also(*with_convolutions, /*training=*/false);
  const at::Tensor golden_a =
      at::tensor({0.072784f, 0.029366f, -0.124043f, -0.096204f, -0.066589f,
                  -0.111334f, 0.045117f, 0.094426f, 0.061232f, 0.084343f});
  EXPECT_TRUE(at::allclose(Predict(*deep, Sines())[1], golden_a, 0, 5e-6));
  const at::Tensor golden_b =
      at::tensor({-0.10672f, 0.146001f, 0.013813f, -0.100927f, 0.033045f,
                  -0.045536f, 0.07869f, -0.109244f, 0.053829f, -0.047095f});
  EXPECT_TRUE(
      at::allclose(Predict(*with_convolutions, Sines())[1], golden_b, 0, 5e-6));
}

// torch 2.11: tests/goldens/models.py
TEST(CifarResNetTest, AStepLowersTheLossAsInPyTorch) {
  const auto model = MakeSeeded("depth: 14 shortcut: B");
  EXPECT_NEAR(LossOf(*model), 2.28526, 1e-4);
  {
    const at::NoGradGuard no_grad;
    for (const auto& [name, parameter] : Parameters(*model)) {
      parameter.sub_(parameter.grad(), 0.01);
    }
  }
  EXPECT_NEAR(LossOf(*model), 2.056859, 1e-3);
}

TEST(CifarResNetTest, TakesPicturesOfOtherSizesAndChannels) {
  const auto model = MakeSeeded("depth: 8 in_channels: 1 classes: 7");
  EXPECT_EQ(model->ExampleShape(), std::vector<int64_t>({1, 32, 32}));
  EXPECT_EQ(Predict(*model, at::zeros({2, 1, 28, 28})).sizes(),
            at::IntArrayRef({2, 7}));
}

TEST(CifarResNetTest, AWrongInputNamesTheLayerAndBothShapes) {
  const auto model = MakeSeeded("depth: 8");
  try {
    Predict(*model, at::zeros({2, 1, 32, 32}));
    FAIL() << "nothing was thrown";
  } catch (const LayerError& error) {
    EXPECT_STREQ(error.what(),
                 "conv1: Conv2d(3, 16, kernel 3x3): input [2, 1, 32, 32]: "
                 "input must have shape [*, 3, *, *], got [2, 1, 32, 32]");
  }
}

TEST(CifarResNetTest, RefusesBadOptions) {
  const std::pair<const char*, const char*> faults[] = {
      {"depth: 18",
       "here: recipe.CifarResNet: depth must be 6 n + 2 and at least 8, got "
       "18"},
      {"depth: 2", "depth must be 6 n + 2 and at least 8, got 2"},
      {"classes: 0", "classes must be at least 1, got 0"},
      {"in_channels: 0", "in_channels must be at least 1, got 0"},
  };
  for (const auto& [options, text] : faults) {
    EXPECT_THAT(Make<Model>("recipe.CifarResNet", options), FailsWith(text));
  }
}

}  // namespace
}  // namespace toque
