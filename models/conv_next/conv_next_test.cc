#include "ATen/ops/zeros.h"
#include "framework/core/model.h"
#include "framework/core/model_access.h"
#include "framework/testing/architecture.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

constexpr char kGolden[] = "models/conv_next/conv_next_golden.txt";

// torchvision 0.26: tests/goldens/architectures.py
TEST(ConvNeXtTest, IsTorchvisions) {
  const auto expect = [](const char* options, const char* name) {
    ExpectMatchesGolden("recipe.ConvNeXt", options, kGolden, name);
  };
  expect("drop_path: 0", "convnext_tiny");
  expect("size: SMALL", "convnext_small");
  expect("size: BASE", "convnext_base");
  expect("size: LARGE", "convnext_large");
}

TEST(ConvNeXtTest, PartsAreFoundUnderPythonsPaths) {
  const auto model = MakeOrDie<Model>("recipe.ConvNeXt");
  EXPECT_THAT(
      BlockPaths(*model),
      testing::IsSupersetOf({"features.0.1", "features.1.0.block.4",
                             "features.5.8.stochastic_depth", "features.6.1",
                             "avgpool", "classifier.2"}));
}

TEST(ConvNeXtTest, PassesByAsOftenAsPublishedUnlessToldOtherwise) {
  const auto last = [](const char* options) {
    const auto model = MakeOrDie<Model>("recipe.ConvNeXt", options);
    return std::dynamic_pointer_cast<Block>(
               model->named_modules()["features.7.2.stochastic_depth"])
        ->Describe();
  };
  EXPECT_EQ(last(""), "DropPath(0.1)");
  EXPECT_EQ(last("drop_path: 0"), "DropPath(0)");
}

TEST(ConvNeXtTest, TakesPicturesOfOtherSizesAndChannels) {
  const auto model =
      MakeOrDie<Model>("recipe.ConvNeXt", "in_channels: 1 classes: 7");
  EXPECT_EQ(model->ExampleShape()[0], 1);
  EXPECT_EQ(Predict(*model, at::zeros({2, 1, 72, 40})).sizes(),
            at::IntArrayRef({2, 7}));
}

TEST(ConvNeXtTest, RefusesBadOptions) {
  const std::pair<const char*, const char*> faults[] = {
      {"classes: 0",
       "here: recipe.ConvNeXt: classes must be at least 1, got 0"},
      {"in_channels: 0", "in_channels must be at least 1, got 0"},
      {"drop_path: 1", "drop_path must be at least 0 and below 1, got 1"},
  };
  for (const auto& [options, text] : faults) {
    EXPECT_THAT(Make<Model>("recipe.ConvNeXt", options), FailsWith(text));
  }
}

}  // namespace
}  // namespace toque
