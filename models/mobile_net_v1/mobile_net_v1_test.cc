#include "ATen/ops/zeros.h"
#include "framework/core/model.h"
#include "framework/core/model_access.h"
#include "framework/testing/architecture.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

constexpr char kGolden[] = "models/mobile_net_v1/mobile_net_v1_golden.txt";

// tests/goldens/architectures.py
TEST(MobileNetV1Test, IsItsSources) {
  const auto expect = [](const char* options, const char* name) {
    ExpectMatchesGolden("recipe.MobileNetV1", options, kGolden, name);
  };
  expect("width: 0.25", "mobilenet_v1_x0.25");
  expect("", "mobilenet_v1");
}

TEST(MobileNetV1Test, HasThePapersParameters) {
  int64_t count = 0;
  const auto model = MakeOrDie<Model>("recipe.MobileNetV1");
  for (const auto& [name, tensor] : Parameters(*model)) count += tensor.numel();
  EXPECT_EQ(count, 4231976);  // 4.2 million in the paper's table 8
}

TEST(MobileNetV1Test, KeepsAChannelHoweverNarrow) {
  const auto model =
      MakeOrDie<Model>("recipe.MobileNetV1", "width: 0.001 classes: 4");
  for (const auto& [name, tensor] : Parameters(*model)) {
    EXPECT_GE(tensor.numel(), 1) << name;
  }
  EXPECT_EQ(Predict(*model, at::zeros({2, 3, 64, 64})).sizes(),
            at::IntArrayRef({2, 4}));
}

TEST(MobileNetV1Test, TakesPicturesOfOtherSizesAndChannels) {
  const auto model = MakeOrDie<Model>("recipe.MobileNetV1",
                                      "width: 0.25 in_channels: 1 classes: 7");
  EXPECT_EQ(model->ExampleShape()[0], 1);
  EXPECT_EQ(Predict(*model, at::zeros({2, 1, 72, 40})).sizes(),
            at::IntArrayRef({2, 7}));
}

TEST(MobileNetV1Test, RefusesBadOptions) {
  const std::pair<const char*, const char*> faults[] = {
      {"classes: 0",
       "here: recipe.MobileNetV1: classes must be at least 1, got 0"},
      {"in_channels: 0", "in_channels must be at least 1, got 0"},
      {"width: 0", "width must be above 0, got 0"},
      {"width: inf", "width must be finite and above 0, got inf"},
      {"slope: -0.1", "slope must be at least 0, got -0.1"},
  };
  for (const auto& [options, text] : faults) {
    EXPECT_THAT(Make<Model>("recipe.MobileNetV1", options), FailsWith(text));
  }
}

}  // namespace
}  // namespace toque
