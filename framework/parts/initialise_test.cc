#include "framework/parts/initialise.h"

#include <cmath>

#include "ATen/Context.h"
#include "ATen/ops/arange.h"
#include "ATen/ops/eye.h"
#include "ATen/ops/rand.h"
#include "framework/core/model.h"
#include "framework/core/model_access.h"
#include "framework/layers/layers.h"
#include "framework/layers/recurrent.h"
#include "framework/testing/testing.h"
#include "framework/weights/safetensors.h"
#include "google/protobuf/text_format.h"

namespace toque {
namespace {

// Wide enough for a standard deviation to show.
struct Net : Model {
  at::Tensor Forward(const at::Tensor& input) override { return input; }
  std::vector<int64_t> ExampleShape() const override { return {1}; }

  Layer conv = Add("conv", Conv2d({.in = 32, .out = 64, .kernel = 3}));
  Layer deep = Add(
      "deep",
      Sequential(
          Sequential(Conv1d({.in = 64, .out = 96, .kernel = 5, .groups = 2}),
                     BatchNorm1d(96)),
          InstanceNorm2d(96), GroupNorm(2, 96)));
  Layer fc = Add("fc", Linear(200, 300));
  Layer words = Add("words", Embedding(20, 30));
  std::shared_ptr<Recurrent> lstm = Add("lstm", Lstm({.in = 4, .hidden = 5}));
};

class InitialiseTest : public testing::Test {
 protected:
  absl::Status Run(const std::string& text) {
    Experiment experiment;
    EXPECT_TRUE(
        google::protobuf::TextFormat::ParseFromString(text, &experiment));
    return Initialise(experiment, Context().WithDataFolder(folder_), *net_);
  }

  at::Tensor Get(const std::string& name) {
    return net_->named_parameters()[name].detach();
  }

  // Within five standard errors of the deviation of as many normal values,
  // which is more than those of uniform ones.
  void ExpectDeviation(const std::string& name, double expected) {
    const at::Tensor values = Get(name);
    const double actual = values.std().item<double>();
    const double error = expected / std::sqrt(2.0 * values.numel());
    EXPECT_NEAR(actual, expected, 5 * error) << name;
    EXPECT_NEAR(values.mean().item<double>(), 0,
                5 * expected / std::sqrt(values.numel()))
        << name;
  }

  std::shared_ptr<Net> net_ = std::make_shared<Net>();
  const std::string folder_ = TestFolder();
};

TEST_F(InitialiseTest, StartsLayersByTheirKind) {
  for (auto& parameter : net_->parameters()) parameter.detach().fill_(9);
  ASSERT_OK(Run("init {}"));
  ExpectDeviation("conv.weight", std::sqrt(2.0 / (64 * 3 * 3)));
  ExpectDeviation("fc.weight", std::sqrt(2.0 / (200 + 300)));
  // Nested, and grouped: PyTorch's fan-out is that of one group's kernels.
  ExpectDeviation("deep.0.0.weight", std::sqrt(2.0 / (96 * 5)));
  for (const char* bias : {"conv.bias", "fc.bias", "deep.0.0.bias",
                           "deep.0.1.bias", "deep.2.bias"}) {
    EXPECT_TRUE(Get(bias).eq(0).all().item<bool>()) << bias;
  }
  for (const char* scale : {"deep.0.1.weight", "deep.2.weight"}) {
    EXPECT_TRUE(Get(scale).eq(1).all().item<bool>()) << scale;
  }
  for (const char* other : {"words.weight", "lstm.weight_hh_l0"}) {
    EXPECT_TRUE(Get(other).eq(9).all().item<bool>()) << other;
  }
}

TEST_F(InitialiseTest, DrawsByTheMethodsOfHeAndXavier) {
  ASSERT_OK(
      Run("init { match: 'conv.weight' method: HE_NORMAL fan: IN }"
          "init { match: 'fc.weight' method: XAVIER_UNIFORM gain: 3 }"
          "init { match: 'words' method: HE_UNIFORM }"));
  ExpectDeviation("conv.weight", std::sqrt(2.0 / (32 * 3 * 3)));
  const double deviation = 3 * std::sqrt(2.0 / (200 + 300));
  ExpectDeviation("fc.weight", deviation);
  EXPECT_LE(Get("fc.weight").abs().max().item<double>(),
            std::sqrt(3.0) * deviation);
  ExpectDeviation("words.weight", std::sqrt(2.0 / 20));
}

TEST_F(InitialiseTest, DrawsWithTheGivenScale) {
  ASSERT_OK(
      Run("init { match: 'conv.weight' method: NORMAL gain: 0.3 }"
          "init { match: 'fc.weight' method: UNIFORM gain: 0.3 }"
          "init { match: '^fc.bias$' method: CONSTANT value: -1.5 }"));
  ExpectDeviation("conv.weight", 0.3);
  EXPECT_GT(Get("conv.weight").abs().max().item<double>(), 0.9);
  ExpectDeviation("fc.weight", 0.3 / std::sqrt(3.0));
  EXPECT_LE(Get("fc.weight").abs().max().item<double>(), 0.3);
  EXPECT_TRUE(Get("fc.bias").eq(-1.5).all().item<bool>());
}

TEST_F(InitialiseTest, MakesRowsOrColumnsOrthogonal) {
  ASSERT_OK(
      Run("init { match: '(fc|conv).weight' method: ORTHOGONAL gain: 2 }"
          "init { match: 'weight_hh' method: ORTHOGONAL }"));
  const at::Tensor tall = Get("fc.weight");  // [300, 200]
  EXPECT_TRUE(tall.t().mm(tall).allclose(at::eye(200).mul(4), 1e-4, 1e-4));
  const at::Tensor wide = Get("conv.weight").flatten(1);  // [64, 288]
  EXPECT_TRUE(wide.mm(wide.t()).allclose(at::eye(64).mul(4), 1e-4, 1e-4));
  const at::Tensor gates = Get("lstm.weight_hh_l0");  // [20, 5]
  EXPECT_TRUE(gates.t().mm(gates).allclose(at::eye(5), 1e-4, 1e-5));
}

TEST_F(InitialiseTest, DrawsAreAFunctionOfTheSeedAndThePlaceInTheList) {
  const std::string init = "init { match: 'fc.weight' method: NORMAL }";
  ASSERT_OK(Run(init));
  const at::Tensor first = Get("fc.weight").clone();
  at::rand({3});
  ASSERT_OK(Run(init));
  EXPECT_TRUE(Get("fc.weight").equal(first));
  ASSERT_OK(Run(init + init));
  EXPECT_FALSE(Get("fc.weight").equal(first));
  ASSERT_OK(Run("seed: 1 " + init));
  EXPECT_FALSE(Get("fc.weight").equal(first));
}

TEST_F(InitialiseTest, LeavesTheDefaultGeneratorAlone) {
  at::manual_seed(3);
  const at::Tensor expected = at::rand({3});
  at::manual_seed(3);
  ASSERT_OK(Run("init {}"));
  EXPECT_TRUE(at::rand({3}).equal(expected));
}

TEST_F(InitialiseTest, TakesATensorAndKeepsTheParameter) {
  State state;
  const at::Tensor given = at::arange(300).to(at::kFloat);
  state.Set("bias of fc", given);
  ASSERT_OK(WriteSafetensors(folder_ + "/start.safetensors", state));
  const at::Tensor parameter = net_->named_parameters()["fc.bias"];
  const auto init = [this](const std::string& match,
                           const std::string& tensor) {
    return Run("init { method: TENSOR file: 'start.safetensors' match: '" +
               match + "' tensor: '" + tensor + "' }");
  };
  ASSERT_OK(init("fc.bias", "bias of fc"));
  EXPECT_TRUE(parameter.equal(given));
  EXPECT_TRUE(parameter.requires_grad());
  EXPECT_TRUE(net_->named_parameters()["fc.bias"].is_same(parameter));

  EXPECT_THAT(init("conv.bias", "bias of fc"),
              FailsWith("init[0]: tensor must have the shape of conv.bias "
                        "[64], got [300]"));
  EXPECT_THAT(init("fc.bias", "weight"),
              FailsWith("/start.safetensors: \"weight\" is missing"));
}

TEST_F(InitialiseTest, RefusesWhatDoesNotFitTheModel) {
  EXPECT_THAT(Run("init {} init { match: 'layer9' }"),
              FailsWith("init[1]: match must match a parameter (there are "
                        "conv.weight, conv.bias, deep.0.0.weight, "
                        "deep.0.0.bias, deep.0.1.weight, deep.0.1.bias, "
                        "deep.2.weight, deep.2.bias, ...), got layer9"));
  EXPECT_THAT(Run("init { match: 'bias' method: XAVIER_NORMAL }"),
              FailsWith("init[0]: XAVIER_NORMAL needs parameters of at least "
                        "2 dimensions, got conv.bias [64]"));
  EXPECT_THAT(Run("init { method: TENSOR file: 'none' tensor: 'x' }"),
              FailsWith("none"));
}

TEST_F(InitialiseTest, RefusesBadOptions) {
  const std::pair<const char*, const char*> faults[] = {
      {"init { match: '(' }",
       "init[0]: match must be a regular expression, got ("},
      {"init { gain: -1 }", "gain must be finite and at least 0, got -1"},
      {"init { gain: inf }", "gain must be finite and at least 0, got inf"},
      {"init { method: CONSTANT value: nan }", "value must be finite, got nan"},
      {"init { method: TENSOR file: 'x' }",
       "file and tensor must be given for TENSOR"},
  };
  for (const auto& [text, fault] : faults) {
    EXPECT_THAT(Run(text), FailsWith(fault));
  }
}

}  // namespace
}  // namespace toque
