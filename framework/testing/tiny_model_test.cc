#include "framework/testing/tiny_model.h"

#include "ATen/ops/ones.h"
#include "framework/core/model_access.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

TEST(TinyModelTest, IsALinearLayerOnTheFlattenedInput) {
  const std::shared_ptr<Model> model = MakeTinyModel(6, 2);
  const NamedTensors parameters = Parameters(*model);
  ASSERT_EQ(parameters.size(), 2u);
  EXPECT_EQ(parameters[0].first, "linear.weight");
  EXPECT_EQ(parameters[1].first, "linear.bias");
  const at::Tensor output = Predict(*model, at::ones({5, 2, 3}));
  EXPECT_EQ(output.sizes(), at::IntArrayRef({5, 2}));
  EXPECT_TRUE(output[4].allclose(
      parameters[0].second.sum(1).add(parameters[1].second)));
}

TEST(TinyModelTest, CanBeAskedForByName) {
  EXPECT_OK(FindPlugin("toque.TinyModel", "model"));
}

}  // namespace
}  // namespace toque
