#include "ATen/ops/zeros.h"
#include "framework/core/model.h"
#include "framework/core/model_access.h"
#include "framework/testing/architecture.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

constexpr char kGolden[] = "models/mobile_net_v3/mobile_net_v3_golden.txt";

// torchvision 0.26: tests/goldens/architectures.py
TEST(MobileNetV3Test, IsTorchvisions) {
  const auto expect = [](const char* options, const char* name) {
    ExpectMatchesGolden("recipe.MobileNetV3", options, kGolden, name);
  };
  expect("dropout: 0", "mobilenet_v3_large");
  expect("size: SMALL dropout: 0", "mobilenet_v3_small");
  expect("size: SMALL width: 0.75", "mobilenet_v3_small_x0.75");
}

TEST(MobileNetV3Test, PartsAreFoundUnderPythonsPaths) {
  const auto model = MakeOrDie<Model>("recipe.MobileNetV3");
  EXPECT_THAT(
      BlockPaths(*model),
      testing::IsSupersetOf({"features.1.block.0", "features.4.block.2.avgpool",
                             "features.4.block.2.scale_activation",
                             "features.16.2", "avgpool", "classifier.1"}));
}

TEST(MobileNetV3Test, TakesPicturesOfOtherSizesAndChannels) {
  const auto model = MakeOrDie<Model>("recipe.MobileNetV3",
                                      "size: SMALL in_channels: 1 classes: 7");
  EXPECT_EQ(model->ExampleShape()[0], 1);
  EXPECT_EQ(Predict(*model, at::zeros({2, 1, 72, 40})).sizes(),
            at::IntArrayRef({2, 7}));
}

TEST(MobileNetV3Test, RefusesBadOptions) {
  const std::pair<const char*, const char*> faults[] = {
      {"classes: 0",
       "here: recipe.MobileNetV3: classes must be at least 1, got 0"},
      {"in_channels: 0", "in_channels must be at least 1, got 0"},
      {"width: 0", "width must be above 0, got 0"},
      {"dropout: 1", "dropout must be at least 0 and below 1, got 1"},
  };
  for (const auto& [options, text] : faults) {
    EXPECT_THAT(Make<Model>("recipe.MobileNetV3", options), FailsWith(text));
  }
}

}  // namespace
}  // namespace toque
