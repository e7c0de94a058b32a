#include <map>
#include <string>

#include "ATen/Context.h"
#include "ATen/core/grad_mode.h"
#include "absl/strings/str_cat.h"
#include "framework/core/model.h"
#include "framework/core/model_access.h"
#include "framework/testing/architecture.h"
#include "framework/testing/formula_weights.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

constexpr char kGolden[] = "models/dense_net/dense_net_golden.txt";

TEST(DenseNetTest, IsPythons) {
  const std::pair<const char*, const char*> architectures[] = {
      {"", "densenet121"},
      {"blocks: [ 6, 12, 32, 32 ]", "densenet169"},
      {"blocks: [ 6, 12, 48, 32 ]", "densenet201"},
      {"growth: 48 first_channels: 96 blocks: [ 6, 12, 36, 24 ]",
       "densenet161"},
  };
  for (const auto& [options, name] : architectures) {
    ExpectMatchesGolden("recipe.DenseNet", options, kGolden, name);
  }
}

constexpr char kSmall[] = "growth: 3 first_channels: 4 blocks: [ 2, 1 ]";

TEST(DenseNetTest, ALayerKeepsWhatItIsGiven) {
  const auto model = MakeOrDie<Model>("recipe.DenseNet", kSmall);
  const ModeScope evaluation(*model, /*training=*/false);
  const at::NoGradGuard no_grad;
  std::map<std::string, at::Tensor> taps;
  Predict(*model, Sines({1, 3, 32, 32}),
          {"features.pool0", "features.denseblock1",
           "features.denseblock1.denselayer2", "features.transition1"},
          &taps);
  const at::Tensor maps = taps["features.denseblock1"];
  EXPECT_EQ(maps.sizes(), at::IntArrayRef({1, 4 + 2 * 3, 8, 8}));
  EXPECT_TRUE(maps.slice(1, 0, 4).equal(taps["features.pool0"]));
  EXPECT_TRUE(maps.slice(1, 7).equal(taps["features.denseblock1.denselayer2"]));
  EXPECT_EQ(taps["features.transition1"].sizes(),
            at::IntArrayRef({1, 5, 4, 4}));
}

TEST(DenseNetTest, DropsInTrainingAlone) {
  const auto model = MakeOrDie<Model>("recipe.DenseNet",
                                      absl::StrCat(kSmall, " dropout: 0.5"));
  std::map<std::string, at::Tensor> taps;
  const std::string layer = "features.denseblock1.denselayer1";
  for (const bool training : {true, false}) {
    const ModeScope mode(*model, training);
    at::manual_seed(0);
    Predict(*model, Sines({2, 3, 64, 64}), {layer}, &taps);
    const double zeros = taps[layer].eq(0).to(at::kFloat).mean().item<double>();
    EXPECT_NEAR(zeros, training ? 0.5 : 0, 0.1);
  }
}

TEST(DenseNetTest, TakesOtherSizesChannelsAndClasses) {
  const auto model =
      MakeOrDie<Model>("recipe.DenseNet", "in_channels: 1 classes: 7");
  EXPECT_EQ(model->ExampleShape(), std::vector<int64_t>({1, 224, 224}));
  const ModeScope evaluation(*model, /*training=*/false);
  EXPECT_EQ(Predict(*model, Sines({2, 1, 29, 40})).sizes(),
            at::IntArrayRef({2, 7}));
}

TEST(DenseNetTest, RefusesBadOptions) {
  const std::pair<const char*, const char*> faults[] = {
      {"growth: 0", "recipe.DenseNet: growth must be at least 1, got 0"},
      {"blocks: [ 6, 0 ]", "blocks[1] must be at least 1, got 0"},
      {"first_channels: 0", "first_channels must be at least 1, got 0"},
      {"bottleneck: 0", "bottleneck must be at least 1, got 0"},
      {"classes: 0", "classes must be at least 1, got 0"},
      {"in_channels: 0", "in_channels must be at least 1, got 0"},
      {"dropout: 2", "dropout must be from 0 to 1, got 2"},
  };
  for (const auto& [options, text] : faults) {
    EXPECT_THAT(Make<Model>("recipe.DenseNet", options), FailsWith(text));
  }
}

}  // namespace
}  // namespace toque
