#include "absl/strings/str_cat.h"
#include "framework/core/model.h"
#include "framework/core/model_access.h"
#include "framework/testing/architecture.h"
#include "framework/testing/formula_weights.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

constexpr char kGolden[] = "models/squeeze_net/squeeze_net_golden.txt";

TEST(SqueezeNetTest, IsPythons) {
  ExpectMatchesGolden("recipe.SqueezeNet", "version: V1_0 dropout: 0", kGolden,
                      "squeezenet1_0");
  ExpectMatchesGolden("recipe.SqueezeNet", "dropout: 0", kGolden,
                      "squeezenet1_1");
}

TEST(SqueezeNetTest, TakesOtherSizesChannelsAndClasses) {
  for (const char* version : {"version: V1_0", "version: V1_1"}) {
    const auto model =
        MakeOrDie<Model>("recipe.SqueezeNet",
                         absl::StrCat(version, " in_channels: 1 classes: 7"));
    EXPECT_EQ(model->ExampleShape(), std::vector<int64_t>({1, 224, 224}));
    EXPECT_EQ(Predict(*model, Sines({2, 1, 21, 40})).sizes(),
              at::IntArrayRef({2, 7}));
  }
}

TEST(SqueezeNetTest, RefusesBadOptions) {
  const std::pair<const char*, const char*> faults[] = {
      {"classes: 0", "recipe.SqueezeNet: classes must be at least 1, got 0"},
      {"in_channels: 0", "in_channels must be at least 1, got 0"},
      {"dropout: 2", "dropout must be from 0 to 1, got 2"},
  };
  for (const auto& [options, text] : faults) {
    EXPECT_THAT(Make<Model>("recipe.SqueezeNet", options), FailsWith(text));
  }
}

}  // namespace
}  // namespace toque
