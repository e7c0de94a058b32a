#include "ATen/ops/zeros.h"
#include "framework/core/model.h"
#include "framework/core/model_access.h"
#include "framework/testing/architecture.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

constexpr char kGolden[] =
    "models/efficient_net_b0/efficient_net_b0_golden.txt";

// torchvision 0.26: tests/goldens/architectures.py
TEST(EfficientNetB0Test, IsTorchvisions) {
  ExpectMatchesGolden("recipe.EfficientNetB0", "dropout: 0 drop_path: 0",
                      kGolden, "efficientnet_b0");
}

TEST(EfficientNetB0Test, PartsAreFoundUnderPythonsPaths) {
  const auto model = MakeOrDie<Model>("recipe.EfficientNetB0");
  EXPECT_THAT(BlockPaths(*model),
              testing::IsSupersetOf({"features.0.2", "features.2.1.block.2.fc1",
                                     "features.7.0.stochastic_depth", "avgpool",
                                     "classifier.0"}));
}

TEST(EfficientNetB0Test, PassesByMoreOftenTheDeeperItIs) {
  const auto model =
      MakeOrDie<Model>("recipe.EfficientNetB0", "drop_path: 0.8");
  const auto part = [&model](const std::string& path) {
    return std::dynamic_pointer_cast<Block>(model->named_modules()[path])
        ->Describe();
  };
  EXPECT_EQ(part("features.1.0.stochastic_depth"), "DropPath(0)");
  EXPECT_EQ(part("features.5.0.stochastic_depth"), "DropPath(0.4)");
  EXPECT_EQ(part("features.7.0.stochastic_depth"), "DropPath(0.75)");
}

TEST(EfficientNetB0Test, TakesPicturesOfOtherSizesAndChannels) {
  const auto model =
      MakeOrDie<Model>("recipe.EfficientNetB0", "in_channels: 1 classes: 7");
  EXPECT_EQ(model->ExampleShape()[0], 1);
  EXPECT_EQ(Predict(*model, at::zeros({2, 1, 72, 40})).sizes(),
            at::IntArrayRef({2, 7}));
}

TEST(EfficientNetB0Test, RefusesBadOptions) {
  const std::pair<const char*, const char*> faults[] = {
      {"classes: 0",
       "here: recipe.EfficientNetB0: classes must be at least 1, got 0"},
      {"in_channels: 0", "in_channels must be at least 1, got 0"},
      {"drop_path: -1", "drop_path must be at least 0 and below 1, got -1"},
      {"dropout: 1", "dropout must be at least 0 and below 1, got 1"},
  };
  for (const auto& [options, text] : faults) {
    EXPECT_THAT(Make<Model>("recipe.EfficientNetB0", options), FailsWith(text));
  }
}

}  // namespace
}  // namespace toque
