// BilinearCnn with a backbone of the tree.

#include <algorithm>
#include <string>
#include <vector>

#include "ATen/ops/randn.h"
#include "framework/core/model.h"
#include "framework/core/model_access.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

TEST(BilinearBackboneTest, AResNetWithoutItsHead) {
  const std::string backbone = "depth: 8 classes: 7";
  const auto model = MakeOrDie<Model>(
      "recipe.BilinearCnn",
      "backbone { [type.googleapis.com/recipe.CifarResNet] { " + backbone +
          " } } tap: 'layer3' products: UPPER classes: 4");
  std::vector<std::string> expected, actual;
  const auto resnet = MakeOrDie<Model>("recipe.CifarResNet", backbone);
  for (const auto& [name, tensor] : Parameters(*resnet)) {
    if (!name.starts_with("linear.")) expected.push_back("backbone." + name);
  }
  expected.insert(expected.end(), {"fc.weight", "fc.bias"});
  for (const auto& [name, tensor] : Parameters(*model)) actual.push_back(name);
  EXPECT_EQ(actual, expected);
  EXPECT_EQ(Buffers(*model).size(), Buffers(*resnet).size());

  EXPECT_EQ(model->ExampleShape(), resnet->ExampleShape());
  EXPECT_EQ(model->named_parameters()["fc.weight"].size(1), 64 * 65 / 2);
  const at::Tensor output = Predict(*model, at::randn({2, 3, 32, 32}));
  EXPECT_EQ(output.sizes(), at::IntArrayRef({2, 4}));
  output.square().sum().backward();
  for (const auto& [name, parameter] : Parameters(*model)) {
    EXPECT_TRUE(parameter.grad().defined()) << name;
  }
}

}  // namespace
}  // namespace toque
