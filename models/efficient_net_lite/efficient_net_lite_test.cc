#include "ATen/ops/zeros.h"
#include "framework/core/model.h"
#include "framework/core/model_access.h"
#include "framework/testing/architecture.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

constexpr char kGolden[] =
    "models/efficient_net_lite/efficient_net_lite_golden.txt";

// efficientnet_lite_pytorch 0.1.0: tests/goldens/architectures.py
TEST(EfficientNetLiteTest, IsThePythonPackages) {
  const auto expect = [](const char* options, const char* name) {
    ExpectMatchesGolden("recipe.EfficientNetLite", options, kGolden, name);
  };
  expect("dropout: 0 drop_path: 0", "lite0");
  expect("size: LITE1 dropout: 0 drop_path: 0", "lite1");
  expect("size: LITE2", "lite2");
  expect("size: LITE3", "lite3");
  expect("size: LITE4", "lite4");
}

TEST(EfficientNetLiteTest, KnowsThePublishedSizeAndDropout) {
  const auto small = MakeOrDie<Model>("recipe.EfficientNetLite");
  const auto large = MakeOrDie<Model>("recipe.EfficientNetLite", "size: LITE4");
  const auto chosen =
      MakeOrDie<Model>("recipe.EfficientNetLite", "size: LITE4 dropout: 0");
  EXPECT_EQ(small->ExampleShape(), std::vector<int64_t>({3, 224, 224}));
  EXPECT_EQ(large->ExampleShape(), std::vector<int64_t>({3, 300, 300}));
  const auto dropout = [](const std::shared_ptr<Model>& model) {
    return std::dynamic_pointer_cast<Block>(model->named_modules()["_dropout"])
        ->Describe();
  };
  EXPECT_EQ(dropout(small), "Dropout(0.2)");
  EXPECT_EQ(dropout(large), "Dropout(0.3)");
  EXPECT_EQ(dropout(chosen), "Dropout(0)");
}

TEST(EfficientNetLiteTest, PartsAreFoundUnderPythonsPaths) {
  const auto model = MakeOrDie<Model>("recipe.EfficientNetLite");
  EXPECT_THAT(BlockPaths(*model),
              testing::IsSupersetOf({"_conv_stem", "_blocks.15._depthwise_conv",
                                     "_blocks.0._swish", "_avg_pooling",
                                     "_dropout", "_swish"}));
}

// TensorFlow's rule: 1 / stride of the size, rounded up.
TEST(EfficientNetLiteTest, MapsAreAThirtySecondRoundedUp) {
  const auto model = MakeOrDie<Model>("recipe.EfficientNetLite");
  const ModeScope evaluation(*model, /*training=*/false);
  std::map<std::string, at::Tensor> taps;
  Predict(*model, at::zeros({1, 3, 65, 97}), {"_conv_stem", "_conv_head"},
          &taps);
  EXPECT_EQ(taps["_conv_stem"].sizes(), at::IntArrayRef({1, 32, 33, 49}));
  EXPECT_EQ(taps["_conv_head"].sizes(), at::IntArrayRef({1, 1280, 3, 4}));
}

TEST(EfficientNetLiteTest, TakesPicturesOfOtherSizesAndChannels) {
  const auto model =
      MakeOrDie<Model>("recipe.EfficientNetLite", "in_channels: 1 classes: 7");
  EXPECT_EQ(model->ExampleShape()[0], 1);
  EXPECT_EQ(Predict(*model, at::zeros({2, 1, 72, 40})).sizes(),
            at::IntArrayRef({2, 7}));
}

TEST(EfficientNetLiteTest, RefusesBadOptions) {
  const std::pair<const char*, const char*> faults[] = {
      {"classes: 0",
       "here: recipe.EfficientNetLite: classes must be at least 1, got 0"},
      {"in_channels: 0", "in_channels must be at least 1, got 0"},
      {"drop_path: -1", "drop_path must be at least 0 and below 1, got -1"},
      {"dropout: 1", "dropout must be at least 0 and below 1, got 1"},
  };
  for (const auto& [options, text] : faults) {
    EXPECT_THAT(Make<Model>("recipe.EfficientNetLite", options),
                FailsWith(text));
  }
}

}  // namespace
}  // namespace toque
