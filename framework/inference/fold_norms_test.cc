#include "framework/inference/fold_norms.h"

#include "ATen/Context.h"
#include "ATen/core/grad_mode.h"
#include "ATen/ops/allclose.h"
#include "ATen/ops/randn.h"
#include "framework/core/model.h"
#include "framework/core/model_access.h"
#include "framework/layers/layers.h"
#include "gtest/gtest.h"

namespace toque {
namespace {

// Two norms that can be folded, a grouped convolution with a bias among them,
// and three that can't: before a convolution, after an activation, and of a
// layer that is used twice.
struct Net : Model {
  at::Tensor Forward(const at::Tensor& input) override {
    at::Tensor maps = (*first)((*bn0)(input));
    maps = (*bn1)(maps);
    maps = (*bn2)((*relu)((*grouped)(maps)));
    maps = (*bn3)((*twice)(maps));
    maps = (*bn3)((*twice)(maps));
    return (*last)(maps).mean({2, 3});
  }
  std::vector<int64_t> ExampleShape() const override { return {4, 8, 8}; }

  Layer bn0 = Add("bn0", BatchNorm2d(4));
  Layer first = Add("first", Conv2d({.in = 4, .out = 6, .bias = Bias::kNo}));
  Layer bn1 = Add("bn1", BatchNorm2d(6));
  Layer grouped = Add("grouped", Conv2d({.in = 6, .out = 6, .groups = 3}));
  Layer relu = Add("relu", Relu(Inplace::kYes));
  Layer bn2 = Add("bn2", BatchNorm2d(6));
  Layer twice = Add("twice", Conv2d({.in = 6, .out = 6}));
  Layer bn3 = Add("bn3", BatchNorm2d(6));
  Layer last = Add(
      "last",
      Sequential(
          Conv2d({.in = 6, .out = 4, .kernel = 3, .padding = 1, .groups = 2}),
          BatchNorm2d(4, {.eps = 1e-3})));
};

// Gives the convolution's output to its norm and to another.
struct Forked : Model {
  at::Tensor Forward(const at::Tensor& input) override {
    const at::Tensor maps = (*conv)(input);
    return (*norm)(maps) + maps;
  }
  std::vector<int64_t> ExampleShape() const override { return {4, 8, 8}; }

  Layer conv = Add("conv", Conv2d({.in = 4, .out = 4}));
  Layer norm = Add("norm", BatchNorm2d(4));
};

// The parts "net.0" and "net.0.0" give the same.
struct Nested : Model {
  at::Tensor Forward(const at::Tensor& input) override { return (*net)(input); }
  std::vector<int64_t> ExampleShape() const override { return {4, 8, 8}; }

  Layer net = Add("net", Sequential(Sequential(Conv2d({.in = 4, .out = 4})),
                                    BatchNorm2d(4)));
};

// In evaluation mode, all parameters and statistics drawn at random.
template <typename Kind>
std::shared_ptr<Kind> Trained() {
  at::manual_seed(1);
  auto model = std::make_shared<Kind>();
  const c10::NoGradGuard no_grad;
  for (const auto& tensors : {Parameters(*model), Buffers(*model)}) {
    for (const auto& [name, tensor] : tensors) {
      if (!tensor.is_floating_point()) continue;
      const bool positive = name.ends_with("running_var");
      positive ? tensor.uniform_(0.5, 2) : tensor.normal_();
    }
  }
  model->eval();
  return model;
}

TEST(FoldNormsTest, FoldedAndUnfoldedNetsGiveTheSame) {
  const auto model = Trained<Net>();
  const c10::NoGradGuard no_grad;
  const at::Tensor input = at::randn({3, 4, 8, 8});
  const at::Tensor unfolded = (*model)(input);
  EXPECT_EQ(FoldNorms(*model, input.slice(0, 0, 1)), 2);
  EXPECT_TRUE(at::allclose((*model)(input), unfolded, 1e-4, 1e-4));
  EXPECT_EQ(FoldNorms(*model, input), 0) << "each is folded once";
}

TEST(FoldNormsTest, FoldedNormsDoNothingMore) {
  const auto model = Trained<Net>();
  FoldNorms(*model, at::randn({1, 4, 8, 8}));
  const at::Tensor maps = at::randn({1, 6, 8, 8});
  EXPECT_TRUE((*model->bn1)(maps).is_same(maps));
  EXPECT_FALSE((*model->bn2)(maps).is_same(maps));
  EXPECT_FALSE((*model->bn3)(maps).is_same(maps));
  model->train();
  EXPECT_THROW((*model->bn1)(maps), LayerError);
}

TEST(FoldNormsTest, ConvolutionsThatAreKeptGiveWhatTheyGave) {
  const auto model = Trained<Net>();
  const c10::NoGradGuard no_grad;
  const at::Tensor input = at::randn({1, 4, 8, 8});
  const at::Tensor before = (*model->first)(input);
  EXPECT_EQ(FoldNorms(*model, input, {"first"}), 1);
  EXPECT_TRUE((*model->first)(input).equal(before));
}

TEST(FoldNormsTest, PartsThatAreKeptKeepTheConvolutionsInThem) {
  const at::Tensor input = at::randn({1, 4, 8, 8});
  EXPECT_EQ(FoldNorms(*Trained<Nested>(), input, {"net.0"}), 0);
  EXPECT_EQ(FoldNorms(*Trained<Nested>(), input, {"net"}), 1);
}

TEST(FoldNormsTest, AConvolutionThatOthersUseTooIsRefused) {
  const auto model = Trained<Forked>();
  EXPECT_THROW(FoldNorms(*model, at::randn({1, 4, 8, 8})), c10::Error);
}

TEST(FoldNormsTest, TrainingModeIsRefused) {
  const auto model = std::make_shared<Net>();
  EXPECT_THROW(FoldNorms(*model, at::randn({1, 4, 8, 8})), c10::Error);
}

}  // namespace
}  // namespace toque
