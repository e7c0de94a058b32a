#include <map>
#include <string>

#include "ATen/core/grad_mode.h"
#include "ATen/ops/linear.h"
#include "framework/core/model.h"
#include "framework/core/model_access.h"
#include "framework/testing/architecture.h"
#include "framework/testing/formula_weights.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

constexpr char kGolden[] = "models/resnet/resnet_golden.txt";

TEST(ResNetTest, IsPythons) {
  const std::pair<const char*, const char*> architectures[] = {
      {"depth: 18", "resnet18"},
      {"depth: 34", "resnet34"},
      {"depth: 50", "resnet50"},
      {"depth: 101", "resnet101"},
      {"depth: 152", "resnet152"},
      {"depth: 50 groups: 32 width_per_group: 4", "resnext50_32x4d"},
      {"depth: 101 groups: 32 width_per_group: 8", "resnext101_32x8d"},
      {"depth: 101 groups: 64 width_per_group: 4", "resnext101_64x4d"},
      {"depth: 50 width_per_group: 128", "wide_resnet50_2"},
      {"depth: 101 width_per_group: 128", "wide_resnet101_2"},
  };
  for (const auto& [options, name] : architectures) {
    ExpectMatchesGolden("recipe.ResNet", options, kGolden, name);
  }
}

// R74: what all children but the last give.
TEST(ResNetTest, TheGlobalPoolIsATap) {
  const auto model = MakeOrDie<Model>("recipe.ResNet");
  FillByFormula(*model);
  const ModeScope evaluation(*model, /*training=*/false);
  const at::NoGradGuard no_grad;
  std::map<std::string, at::Tensor> taps;
  const at::Tensor logits = Predict(*model, Sines({2, 3, 64, 64}),
                                    {"avgpool", "layer4.1", "layer1.0"}, &taps);
  EXPECT_EQ(taps["layer1.0"].sizes(), at::IntArrayRef({2, 64, 16, 16}));
  const at::Tensor pooled = taps["avgpool"];
  EXPECT_EQ(pooled.sizes(), at::IntArrayRef({2, 512, 1, 1}));
  EXPECT_TRUE(pooled.allclose(taps["layer4.1"].mean({2, 3}, true), 1e-5));
  const auto weights = model->named_parameters();
  EXPECT_TRUE(logits.equal(
      at::linear(pooled.flatten(1), weights["fc.weight"], weights["fc.bias"])));
}

TEST(ResNetTest, TapsDontChangeTheLogits) {
  const auto model = MakeOrDie<Model>("recipe.ResNet", "depth: 50");
  FillByFormula(*model);
  const ModeScope evaluation(*model, /*training=*/false);
  const at::NoGradGuard no_grad;
  const at::Tensor input = Sines({1, 3, 64, 64});
  std::map<std::string, at::Tensor> taps;
  EXPECT_TRUE(Predict(*model, input)
                  .equal(Predict(*model, input, {"layer1.0.bn3"}, &taps)));
  // Neither the sum nor the ReLU behind it is done in place.
  EXPECT_LT(taps["layer1.0.bn3"].min().item<float>(), 0);
}

TEST(ResNetTest, TakesOtherChannelsAndClasses) {
  const auto model =
      MakeOrDie<Model>("recipe.ResNet", "in_channels: 1 classes: 7");
  EXPECT_EQ(model->ExampleShape(), std::vector<int64_t>({1, 224, 224}));
  EXPECT_EQ(Predict(*model, Sines({2, 1, 33, 65})).sizes(),
            at::IntArrayRef({2, 7}));
}

TEST(ResNetTest, RefusesBadOptions) {
  const std::pair<const char*, const char*> faults[] = {
      {"depth: 20",
       "recipe.ResNet: depth must be 18, 34, 50, 101 or 152, got 20"},
      {"classes: 0", "classes must be at least 1, got 0"},
      {"in_channels: 0", "in_channels must be at least 1, got 0"},
      {"groups: 32",
       "groups and width_per_group must be 1 and 64 for depth 18 and 34, got "
       "32 and 64"},
      {"depth: 50 groups: 0", "groups must be at least 1, got 0"},
      {"depth: 50 width_per_group: 0",
       "width_per_group must be at least 1, got 0"},
  };
  for (const auto& [options, text] : faults) {
    EXPECT_THAT(Make<Model>("recipe.ResNet", options), FailsWith(text));
  }
}

}  // namespace
}  // namespace toque
