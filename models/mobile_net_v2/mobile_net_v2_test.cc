#include "ATen/ops/zeros.h"
#include "framework/core/model.h"
#include "framework/core/model_access.h"
#include "framework/testing/architecture.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

constexpr char kGolden[] = "models/mobile_net_v2/mobile_net_v2_golden.txt";

// torchvision 0.26: tests/goldens/architectures.py
TEST(MobileNetV2Test, IsTorchvisions) {
  const auto expect = [](const char* options, const char* name) {
    ExpectMatchesGolden("recipe.MobileNetV2", options, kGolden, name);
  };
  expect("dropout: 0", "mobilenet_v2");
  expect("width: 1.4", "mobilenet_v2_x1.4");
  expect("width: 0.35", "mobilenet_v2_x0.35");
}

TEST(MobileNetV2Test, PartsAreFoundUnderPythonsPaths) {
  const auto model = MakeOrDie<Model>("recipe.MobileNetV2");
  EXPECT_THAT(BlockPaths(*model),
              testing::IsSupersetOf({"features.0.2", "features.1.conv.1",
                                     "features.2.conv.0.2", "features.18",
                                     "classifier.0"}));
}

TEST(MobileNetV2Test, TakesPicturesOfOtherSizesAndChannels) {
  const auto model = MakeOrDie<Model>("recipe.MobileNetV2",
                                      "width: 0.35 in_channels: 1 classes: 7");
  EXPECT_EQ(model->ExampleShape()[0], 1);
  EXPECT_EQ(Predict(*model, at::zeros({2, 1, 72, 40})).sizes(),
            at::IntArrayRef({2, 7}));
}

TEST(MobileNetV2Test, RefusesBadOptions) {
  const std::pair<const char*, const char*> faults[] = {
      {"classes: 0",
       "here: recipe.MobileNetV2: classes must be at least 1, got 0"},
      {"in_channels: 0", "in_channels must be at least 1, got 0"},
      {"width: 0", "width must be above 0, got 0"},
      {"dropout: 1", "dropout must be at least 0 and below 1, got 1"},
  };
  for (const auto& [options, text] : faults) {
    EXPECT_THAT(Make<Model>("recipe.MobileNetV2", options), FailsWith(text));
  }
}

}  // namespace
}  // namespace toque
