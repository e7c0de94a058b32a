#include "ATen/ops/ones.h"
#include "ATen/ops/zeros.h"
#include "framework/core/model.h"
#include "framework/core/model_access.h"
#include "framework/testing/architecture.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

constexpr char kGolden[] =
    "models/vision_transformer/vision_transformer_golden.txt";

constexpr std::string_view kSmall =
    "image_size: 32 patch: 8 depth: 2 heads: 4 hidden: 64 mlp: 128";

// torchvision 0.26: tests/goldens/architectures.py
TEST(VisionTransformerTest, IsTorchvisions) {
  const auto expect = [](std::string_view options, const char* name) {
    ExpectMatchesGolden("recipe.VisionTransformer", options, kGolden, name);
  };
  expect("image_size: 32", "vit_b_16");
  expect("depth: 24 heads: 16 hidden: 1024 mlp: 4096", "vit_l_16");
  expect(kSmall, "small");
}

TEST(VisionTransformerTest, PartsAreFoundUnderPythonsPaths) {
  const auto model = MakeOrDie<Model>("recipe.VisionTransformer", kSmall);
  EXPECT_THAT(BlockPaths(*model),
              testing::IsSupersetOf(
                  {"conv_proj", "encoder.dropout",
                   "encoder.layers.encoder_layer_1.self_attention.out_proj",
                   "encoder.layers.encoder_layer_1.mlp.1", "encoder.ln",
                   "heads.head"}));
}

TEST(VisionTransformerTest, DropsInTrainingAlone) {
  const auto model = MakeOrDie<Model>(
      "recipe.VisionTransformer",
      absl::StrCat(View(kSmall), " dropout: 0.3 attention_dropout: 0.3"));
  std::map<std::string, at::Tensor> taps;
  const auto features = [&] {
    Predict(*model, at::ones({2, 3, 32, 32}), {"encoder"}, &taps);
    return taps["encoder"];
  };
  EXPECT_FALSE(features().equal(features()));
  const ModeScope evaluation(*model, /*training=*/false);
  EXPECT_TRUE(features().equal(features()));
}

TEST(VisionTransformerTest, RefusesPicturesOfAnotherSize) {
  const auto model = MakeOrDie<Model>("recipe.VisionTransformer", kSmall);
  try {
    Predict(*model, at::zeros({2, 3, 40, 32}));
    FAIL() << "nothing was thrown";
  } catch (const LayerError& error) {
    EXPECT_STREQ(error.what(),
                 "VisionTransformer: input [2, 3, 40, 32]: input must have "
                 "shape [*, 3, 32, 32], got [2, 3, 40, 32]");
  }
}

TEST(VisionTransformerTest, RefusesBadOptions) {
  const std::pair<const char*, const char*> faults[] = {
      {"classes: 0",
       "here: recipe.VisionTransformer: classes must be at least 1, got 0"},
      {"in_channels: 0", "in_channels must be at least 1, got 0"},
      {"patch: 0", "patch must be at least 1, got 0"},
      {"depth: 0", "depth must be at least 1, got 0"},
      {"heads: 0", "heads must be at least 1, got 0"},
      {"mlp: 0", "mlp must be at least 1, got 0"},
      {"image_size: 225", "image_size must be a multiple of patch 16, got 225"},
      {"image_size: 0", "image_size must be a multiple of patch 16, got 0"},
      {"hidden: 100", "hidden must be a multiple of heads 12, got 100"},
      {"dropout: 1", "dropout must be at least 0 and below 1, got 1"},
      {"attention_dropout: -1",
       "attention_dropout must be at least 0 and below 1, got -1"},
  };
  for (const auto& [options, text] : faults) {
    EXPECT_THAT(Make<Model>("recipe.VisionTransformer", options),
                FailsWith(text));
  }
}

}  // namespace
}  // namespace toque
