#include <map>
#include <string>

#include "ATen/core/grad_mode.h"
#include "ATen/ops/linear.h"
#include "ATen/ops/max_pool2d.h"
#include "ATen/ops/relu.h"
#include "framework/core/model.h"
#include "framework/core/model_access.h"
#include "framework/layers/initial.h"
#include "framework/testing/architecture.h"
#include "framework/testing/formula_weights.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

constexpr char kGolden[] = "models/vgg/vgg_golden.txt";

TEST(VggTest, IsPythons) {
  const std::pair<const char*, const char*> architectures[] = {
      {"depth: 11 dropout: 0", "vgg11"},
      {"depth: 11 dropout: 0 batch_norm: true", "vgg11_bn"},
      {"depth: 13", "vgg13"},
      {"depth: 13 batch_norm: true", "vgg13_bn"},
      {"depth: 16", "vgg16"},
      {"depth: 16 batch_norm: true", "vgg16_bn"},
      {"depth: 19", "vgg19"},
      {"depth: 19 batch_norm: true", "vgg19_bn"},
  };
  for (const auto& [options, name] : architectures) {
    ExpectMatchesGolden("recipe.Vgg", options, kGolden, name);
  }
}

// R73: relu5-3, pool5 and fc7, which ends on the linear layer.
TEST(VggTest, TheArticlesFeaturesAreTaps) {
  const WithoutInitialValues bare;
  const auto model = MakeOrDie<Model>("recipe.Vgg", "depth: 16");
  const ModeScope evaluation(*model, /*training=*/false);
  const at::NoGradGuard no_grad;
  std::map<std::string, at::Tensor> taps;
  Predict(*model, Sines({1, 3, 224, 224}),
          {"features.29", "features.30", "classifier.3"}, &taps);
  EXPECT_EQ(taps["features.29"].sizes(), at::IntArrayRef({1, 512, 14, 14}));
  EXPECT_EQ(taps["features.30"].sizes(), at::IntArrayRef({1, 512, 7, 7}));
  EXPECT_EQ(taps["classifier.3"].sizes(), at::IntArrayRef({1, 4096}));
}

TEST(VggTest, LaterLayersDontChangeWhatIsTapped) {
  const auto model =
      MakeOrDie<Model>("recipe.Vgg", "depth: 16 hidden: 8 classes: 5");
  FillByFormula(*model);
  const ModeScope evaluation(*model, /*training=*/false);
  const at::NoGradGuard no_grad;
  std::map<std::string, at::Tensor> taps;
  const at::Tensor logits = Predict(
      *model, Sines({1, 3, 64, 64}),
      {"features.28", "features.29", "features.30", "classifier.3"}, &taps);
  EXPECT_TRUE(taps["features.29"].equal(at::relu(taps["features.28"])));
  EXPECT_FALSE(taps["features.29"].equal(taps["features.28"]));
  EXPECT_TRUE(
      taps["features.30"].equal(at::max_pool2d(taps["features.29"], 2)));
  const at::Tensor fc7 = taps["classifier.3"];
  EXPECT_LT(fc7.min().item<float>(), 0);
  const auto weights = model->named_parameters();
  EXPECT_TRUE(
      logits.equal(at::linear(at::relu(fc7), weights["classifier.6.weight"],
                              weights["classifier.6.bias"])));
}

TEST(VggTest, TakesOtherSizesChannelsAndClasses) {
  const auto model = MakeOrDie<Model>(
      "recipe.Vgg", "depth: 11 in_channels: 1 classes: 7 hidden: 4");
  EXPECT_EQ(model->ExampleShape(), std::vector<int64_t>({1, 224, 224}));
  EXPECT_EQ(Predict(*model, Sines({2, 1, 32, 40})).sizes(),
            at::IntArrayRef({2, 7}));
}

TEST(VggTest, RefusesBadOptions) {
  const std::pair<const char*, const char*> faults[] = {
      {"depth: 12", "recipe.Vgg: depth must be 11, 13, 16 or 19, got 12"},
      {"classes: 0", "classes must be at least 1, got 0"},
      {"in_channels: 0", "in_channels must be at least 1, got 0"},
      {"dropout: 1.5", "dropout must be from 0 to 1, got 1.5"},
      {"hidden: 0", "hidden must be at least 1, got 0"},
  };
  for (const auto& [options, text] : faults) {
    EXPECT_THAT(Make<Model>("recipe.Vgg", options), FailsWith(text));
  }
}

}  // namespace
}  // namespace toque
