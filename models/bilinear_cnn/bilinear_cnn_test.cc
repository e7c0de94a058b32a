#include "ATen/ops/allclose.h"
#include "ATen/ops/linear.h"
#include "ATen/ops/ones.h"
#include "ATen/ops/randn.h"
#include "framework/core/model.h"
#include "framework/core/model_access.h"
#include "framework/layers/bilinear_pool.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

constexpr char kBackbone[] =
    "backbone { [type.googleapis.com/toque.TinyConvNet] { channels: 5 } } ";

std::shared_ptr<Model> MakeAt(const std::string& tap,
                              const std::string& more = "") {
  return MakeOrDie<Model>("recipe.BilinearCnn",
                          kBackbone + ("tap: '" + tap + "' " + more));
}

TEST(BilinearCnnTest, KeepsThePartsOfTheBackboneUntilTheTap) {
  std::vector<std::string> names;
  for (const auto& [name, tensor] : Parameters(*MakeAt("features"))) {
    names.push_back(name);
  }
  EXPECT_THAT(names, testing::ElementsAre("backbone.features.0.weight",
                                          "backbone.features.0.bias",
                                          "fc.weight", "fc.bias"));
}

TEST(BilinearCnnTest, PoolsWhatTheTapGives) {
  const auto model = MakeAt("features.0", "products: UPPER classes: 4");
  const at::Tensor input = at::randn({2, 2, 4, 6});
  std::map<std::string, at::Tensor> taps;
  const at::Tensor output =
      Predict(*model, input, {"backbone", "backbone.features.0"}, &taps);
  // Of the convolution, not of the ReLU behind it.
  const at::Tensor maps = taps["backbone"];
  EXPECT_TRUE(maps.lt(0).any().item<bool>());
  const auto weights = model->named_parameters();
  EXPECT_EQ(weights["fc.weight"].sizes(), at::IntArrayRef({4, 15}));
  EXPECT_TRUE(
      output.equal(at::linear((*BilinearPool(Products::kUpper))(maps),
                              weights["fc.weight"], weights["fc.bias"])));
}

TEST(BilinearCnnTest, TrainsTheBackbone) {
  const auto model = MakeAt("features");
  Predict(*model, at::randn({2, 2, 4, 6})).square().sum().backward();
  for (const auto& [name, parameter] : Parameters(*model)) {
    ASSERT_TRUE(parameter.grad().defined()) << name;
    EXPECT_TRUE(parameter.grad().ne(0).any().item<bool>()) << name;
  }
}

TEST(BilinearCnnTest, ModesReachTheBackbone) {
  const auto model = MakeAt("features");
  const ModeScope evaluation(*model, /*training=*/false);
  EXPECT_FALSE(model->named_modules()["backbone.features.1"]->is_training());
}

TEST(BilinearCnnTest, TheBackboneAsAWholeMayBeRecomputed) {
  const at::Tensor input = at::randn({2, 2, 4, 6});
  const auto model = MakeAt("features");
  const auto gradient = [&] {
    model->zero_grad();
    Predict(*model, input).square().sum().backward();
    return model->named_parameters()["backbone.features.0.weight"]
        .grad()
        .clone();
  };
  const at::Tensor kept = gradient();
  ASSERT_OK(MarkRecompute(*model, {"^backbone$"}));
  EXPECT_TRUE(gradient().equal(kept));
}

TEST(BilinearCnnTest, ATapInsideWhatIsRecomputedIsAnError) {
  const auto model = MakeAt("features.0");
  ASSERT_OK(MarkRecompute(*model, {"^backbone.features$"}));
  try {
    Predict(*model, at::ones({2, 2, 4, 6}));
    FAIL() << "nothing was thrown";
  } catch (const LayerError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("the tap features.0 has no "
                                                 "gradient"));
  }
}

TEST(BilinearCnnTest, RefusesBadOptions) {
  const std::string backbone = kBackbone;
  const std::pair<std::string, const char*> faults[] = {
      {"tap: 'features'", "here: recipe.BilinearCnn: backbone must be given"},
      {backbone, "tap must be given"},
      {backbone + "tap: 'featuers'",
       "tap must be the path of a part of the backbone, got featuers; did you "
       "mean features?"},
      {backbone + "tap: 'fc'", "tap must give [N, C, H, W], got 2 dimensions"},
      {backbone + "tap: 'features' classes: 0",
       "classes must be at least 1, got 0"},
  };
  for (const auto& [options, text] : faults) {
    EXPECT_THAT(Make<Model>("recipe.BilinearCnn", options), FailsWith(text));
  }
}

}  // namespace
}  // namespace toque
