#include "framework/core/model.h"
#include "framework/core/model_access.h"
#include "framework/testing/architecture.h"
#include "framework/testing/formula_weights.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

TEST(AlexNetTest, IsPythons) {
  ExpectMatchesGolden("recipe.AlexNet", "dropout: 0",
                      "models/alex_net/alex_net_golden.txt", "alexnet");
}

TEST(AlexNetTest, TakesOtherSizesChannelsAndClasses) {
  const auto model =
      MakeOrDie<Model>("recipe.AlexNet", "in_channels: 1 classes: 7 hidden: 4");
  EXPECT_EQ(model->ExampleShape(), std::vector<int64_t>({1, 224, 224}));
  EXPECT_EQ(Predict(*model, Sines({2, 1, 63, 80})).sizes(),
            at::IntArrayRef({2, 7}));
}

TEST(AlexNetTest, RefusesBadOptions) {
  const std::pair<const char*, const char*> faults[] = {
      {"classes: 0", "recipe.AlexNet: classes must be at least 1, got 0"},
      {"in_channels: 0", "in_channels must be at least 1, got 0"},
      {"dropout: -0.5", "dropout must be from 0 to 1, got -0.5"},
      {"hidden: 0", "hidden must be at least 1, got 0"},
  };
  for (const auto& [options, text] : faults) {
    EXPECT_THAT(Make<Model>("recipe.AlexNet", options), FailsWith(text));
  }
}

}  // namespace
}  // namespace toque
