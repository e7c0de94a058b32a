#include <sstream>
#include <string>

#include "ATen/Context.h"
#include "ATen/ops/allclose.h"
#include "ATen/ops/arange.h"
#include "ATen/ops/tensor.h"
#include "framework/core/model.h"
#include "framework/core/model_access.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

// Names and sizes, "net.1.weight[32, 32]".
std::vector<std::string> Shapes(const Model& model) {
  std::vector<std::string> shapes;
  for (const auto& [name, tensor] : Parameters(model)) {
    std::ostringstream text;
    text << name << tensor.sizes();
    shapes.push_back(text.str());
  }
  return shapes;
}

TEST(MlpTest, HasOneHiddenLayerOf32ByDefault) {
  EXPECT_THAT(Shapes(*MakeOrDie<Model>("recipe.Mlp")),
              testing::ElementsAre("net.1.weight[32, 32]", "net.1.bias[32]",
                                   "net.4.weight[10, 32]", "net.4.bias[10]"));
}

TEST(MlpTest, HasAHiddenLayerForEachWidth) {
  EXPECT_THAT(Shapes(*MakeOrDie<Model>("recipe.Mlp",
                                       "inputs: 6 hidden: [5, 4] classes: 3")),
              testing::ElementsAre("net.1.weight[5, 6]", "net.1.bias[5]",
                                   "net.4.weight[4, 5]", "net.4.bias[4]",
                                   "net.7.weight[3, 4]", "net.7.bias[3]"));
}

TEST(MlpTest, GivesPyTorchsLogits) {
  at::manual_seed(0);
  const auto model = MakeOrDie<Model>("recipe.Mlp");
  const at::Tensor input =
      at::arange(64, at::kDouble).sin().to(at::kFloat).reshape({2, 4, 8});
  // torch 2.11: tests/goldens/models.py
  const at::Tensor golden =
      at::tensor({-0.133783f, -0.177943f, -0.268351f, -0.210175f, -0.010038f,
                  -0.284161f, 0.395197f, -0.112005f, 0.029578f, 0.492248f});
  EXPECT_TRUE(at::allclose(Predict(*model, input)[1], golden, 0, 2e-6));
}

TEST(MlpTest, DropoutActsInTrainingAlone) {
  const auto model = MakeOrDie<Model>("recipe.Mlp", "dropout: 0.5");
  const at::Tensor input = at::arange(32, at::kFloat).reshape({1, 32});
  EXPECT_FALSE(Predict(*model, input).equal(Predict(*model, input)));
  const ModeScope evaluation(*model, /*training=*/false);
  EXPECT_TRUE(Predict(*model, input).equal(Predict(*model, input)));
}

TEST(MlpTest, AWrongInputNamesTheLayerAndBothShapes) {
  const auto model = MakeOrDie<Model>("recipe.Mlp");
  try {
    Predict(*model, at::arange(12, at::kFloat).reshape({2, 6}));
    FAIL() << "nothing was thrown";
  } catch (const LayerError& error) {
    EXPECT_STREQ(error.what(),
                 "net.1: Linear(32, 32): input [2, 6]: input must have 32 "
                 "features, got [2, 6]");
  }
}

TEST(MlpTest, RefusesBadOptions) {
  const auto made = [](std::string_view options) {
    return Make<Model>("recipe.Mlp", options);
  };
  EXPECT_THAT(made("inputs: 0"),
              FailsWith("here: recipe.Mlp: inputs must be at least 1, got 0"));
  EXPECT_THAT(made("hidden: [8, 0]"),
              FailsWith("hidden must be at least 1, got 0"));
  EXPECT_THAT(made("classes: -1"),
              FailsWith("classes must be at least 1, got -1"));
  EXPECT_THAT(made("dropout: 1"),
              FailsWith("dropout must be at least 0 and below 1, got 1"));
  EXPECT_THAT(made("dropout: nan"),
              FailsWith("dropout must be at least 0 and below 1, got nan"));
}

}  // namespace
}  // namespace toque
