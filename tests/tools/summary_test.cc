#include <map>
#include <tuple>

#include "ATen/ops/ones.h"
#include "framework/core/model.h"
#include "framework/layers/layers.h"
#include "framework/layers/recurrent.h"
#include "framework/plot/plot_testing.h"
#include "nlohmann/json.hpp"
#include "tests/tools/run_tool.h"
#include "tools/model_summary.h"
#include "tools/sizes.h"

namespace toque {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

// One linear layer under two names, called twice by the second.
struct Tied : Model {
  at::Tensor Forward(const at::Tensor& input) override {
    return (*copy)((*copy)(input)).flatten(1);
  }
  std::vector<int64_t> ExampleShape() const override { return {5}; }
  std::string Describe() const override { return "Tied"; }
  Layer first = Add("first", Linear(5, 5));
  Layer copy = Add("copy", first);
};

TEST(SummarizeTest, CountsTiedWeightsOnce) {
  const auto model = std::make_shared<Tied>();
  const auto layers = Summarize(*model, at::ones({2, 5}), /*timed=*/1);
  const LayerSummary total = Total(layers);
  EXPECT_EQ(total.parameters, 30);
  EXPECT_EQ(total.trainable, 30);
  EXPECT_EQ(total.weight_bytes, 120);
  EXPECT_EQ(total.macs, 2 * 2 * 25);
  EXPECT_EQ(total.activation_bytes, 2 * 2 * 5 * 4);
}

// Any layer by itself.
struct One : Model {
  explicit One(Layer layer) : layer(Add("layer", std::move(layer))) {}
  at::Tensor Forward(const at::Tensor& input) override {
    return (*layer)(input);
  }
  std::vector<int64_t> ExampleShape() const override { return {1}; }
  Layer layer;
};

int64_t MacsOf(Layer layer, at::IntArrayRef input) {
  const auto model = std::make_shared<One>(std::move(layer));
  return Total(Summarize(*model, at::ones(input), 0)).macs;
}

TEST(SummarizeTest, CountsTheMultiplicationsOfEachLayer) {
  EXPECT_EQ(MacsOf(Linear(7, 3), {2, 4, 7}), 2 * 4 * 7 * 3);
  // 2 x 6 x 5 x 5 outputs of 4 / 2 channels x 3 x 3.
  EXPECT_EQ(MacsOf(Conv2d({.in = 4, .out = 6, .kernel = 3, .groups = 2}),
                   {2, 4, 7, 7}),
            2 * 6 * 5 * 5 * 2 * 9);
  EXPECT_EQ(
      MacsOf(Conv1d({.in = 2, .out = 3, .kernel = 4, .stride = 2}), {1, 2, 10}),
      3 * 4 * 2 * 4);
  // Each of 3 x 5 x 5 inputs times 8 channels x 2 x 2.
  EXPECT_EQ(
      MacsOf(ConvTranspose2d({.in = 3, .out = 8, .kernel = 2}), {1, 3, 5, 5}),
      3 * 5 * 5 * 8 * 4);
  // 4 gates of 6 x (5 + 6), then of 6 x (6 + 6), at each of 7 steps.
  EXPECT_EQ(MacsOf(Lstm({.in = 5, .hidden = 6, .layers = 2}), {2, 7, 5}),
            2 * 7 * 4 * (6 * 11 + 6 * 12));
  EXPECT_EQ(MacsOf(BatchNorm2d(3), {2, 3, 4, 4}), 0);
  EXPECT_EQ(MacsOf(Relu(), {2, 3}), 0);
}

TEST(SummarizeTest, CountsNoMemoryForViewsAndInputs) {
  const auto bytes = [](Layer layer) {
    const auto model = std::make_shared<One>(std::move(layer));
    return Total(Summarize(*model, at::ones({2, 3, 4}), 0)).activation_bytes;
  };
  EXPECT_EQ(bytes(Relu()), 96);
  EXPECT_EQ(bytes(Flatten()), 0);
  EXPECT_EQ(bytes(Sequential(Relu(), Flatten(), Relu())), 192);
}

TEST(SummarizeTest, GivesAllTimeToSomeLayer) {
  const auto model = std::make_shared<One>(Sequential(Relu(), Relu()));
  const auto layers = Summarize(*model, at::ones({2, 3}), 2);
  for (const LayerSummary& layer : layers) EXPECT_GT(layer.seconds, 0);
}

TEST(FoldTest, AddsWhatLiesDeeperToWhatIsAbove) {
  const std::vector<LayerSummary> layers = {
      {.path = "", .parameters = 1, .macs = 1},
      {.path = "a", .parameters = 2, .macs = 2},
      {.path = "a.0", .parameters = 4, .macs = 4},
      {.path = "a.0.conv", .parameters = 8, .macs = 8},
      {.path = "b", .parameters = 16, .macs = 16}};
  const auto by_part = Fold(layers, 1);
  ASSERT_EQ(by_part.size(), 3u);
  EXPECT_EQ(by_part[0].parameters, 1);
  EXPECT_EQ(by_part[1].path, "a");
  EXPECT_EQ(by_part[1].macs, 14);
  EXPECT_EQ(by_part[2].parameters, 16);
  const auto by_block = Fold(layers, 2);
  ASSERT_EQ(by_block.size(), 4u);
  EXPECT_EQ(by_block[2].parameters, 12);
}

TEST(SizesTest, AreReadAndShown) {
  EXPECT_THAT(*Sizes("--input", "1,3,224"), ElementsAre(1, 3, 224));
  EXPECT_THAT(Sizes("--input", "1,0"),
              FailsWith("--input must be numbers of at least 1, separated by "
                        "commas, got 1,0"));
  EXPECT_THAT(Sizes("--input", "1x3"), FailsWith("got 1x3"));
  EXPECT_EQ(WithCommas(0), "0");
  EXPECT_EQ(WithCommas(999), "999");
  EXPECT_EQ(WithCommas(-1234), "-1,234");
  EXPECT_EQ(WithCommas(11689512), "11,689,512");
  EXPECT_EQ(ShortCount(999), "999");
  EXPECT_EQ(ShortCount(1234567), "1.2 M");
  EXPECT_EQ(ShortCount(350'000'000'000), "350 G");
  EXPECT_EQ(BytesText(1023), "1023 B");
  EXPECT_EQ(BytesText(1536), "1.5 KiB");
  EXPECT_EQ(BytesText(int64_t{528} << 20), "528 MiB");
}

ToolRun Summary(const std::string& model,
                std::vector<std::string> arguments = {}) {
  arguments.insert(arguments.begin(), {"tools/summary", "--model=" + model});
  return RunTool(arguments);
}

constexpr char kConvNet[] = "[type.googleapis.com/recipe.ConvNet] {}";

// The article's net on 28x28 grey pictures, as PyTorch's Conv2d, BatchNorm2d
// and Linear count: 5x5 convolutions to 16 and 32 channels.
TEST(SummaryTest, ListsConvNet) {
  const ToolRun run = Summary(kConvNet, {"--json"});
  ASSERT_EQ(run.status, 0) << run.output;
  const json summary = json::parse(run.output);
  std::map<std::string, json> layers;
  for (const json& layer : summary["layers"]) layers[layer["path"]] = layer;
  const std::map<std::string, int64_t> parameters = {
      {"layer1.0", 16 * 25 + 16},
      {"layer1.1", 32},
      {"layer2.0", 32 * 400 + 32},
      {"layer2.1", 64},
      {"fc", 1568 * 10 + 10},
      {"layer1.2", 0},
      {"dropout", 0},
      {"", 0}};
  for (const auto& [path, count] : parameters) {
    ASSERT_TRUE(layers.contains(path)) << path;
    EXPECT_EQ(layers[path]["parameters"], count) << path;
  }
  EXPECT_EQ(layers["layer1.0"]["output"], json({1, 16, 28, 28}));
  EXPECT_EQ(layers["layer2"]["output"], json({1, 32, 7, 7}));
  EXPECT_EQ(layers["fc"]["macs"], 15680);
  EXPECT_EQ(summary["total"]["parameters"], 29034);
  EXPECT_EQ(summary["total"]["macs"], 784 * 25 * 16 + 196 * 400 * 32 + 15680);
}

// Of torchvision's resnet18 at 224x224: the stem, the stages with their
// shortcuts, and the head.
int64_t ResNet18Macs() {
  int64_t macs = 112 * 112 * 64 * 3 * 49;
  const auto conv = [](int64_t side, int64_t in, int64_t out, int64_t kernel) {
    return side * side * in * out * kernel * kernel;
  };
  macs += 4 * conv(56, 64, 64, 3);
  for (const auto& [side, in, out] :
       {std::tuple(28, 64, 128), {14, 128, 256}, {7, 256, 512}}) {
    macs += conv(side, in, out, 3) + 3 * conv(side, out, out, 3) +
            conv(side, in, out, 1);
  }
  return macs + 512 * 1000;
}

TEST(SummaryTest, CountsTheMultiplicationsOfResNet18) {
  const ToolRun run =
      Summary("[type.googleapis.com/recipe.ResNet] { depth: 18 }",
              {"--json", "--input=1,3,224,224", "--repeats=1"});
  ASSERT_EQ(run.status, 0) << run.output;
  const json total = json::parse(run.output)["total"];
  EXPECT_EQ(ResNet18Macs(), 1814073344);
  EXPECT_EQ(total["macs"], 1814073344);
  EXPECT_EQ(total["parameters"], 11689512);
}

TEST(SummaryTest, PrintsATableWithItsTotals) {
  const ToolRun run = Summary(kConvNet, {"--depth=1"});
  ASSERT_EQ(run.status, 0) << run.output;
  EXPECT_THAT(run.output, HasSubstr("layer1: Sequential"));
  EXPECT_THAT(run.output, HasSubstr("[1, 16, 14, 14]"));
  EXPECT_THAT(run.output, Not(HasSubstr("layer1.0")));
  EXPECT_THAT(run.output, HasSubstr("parameters: 29,034, trainable: 29,034"));
  EXPECT_THAT(run.output, Not(HasSubstr("warning")));
}

TEST(SummaryTest, DrawsTheLinesOfItsTable) {
  const std::string path = PathOf("net.svg");
  const ToolRun run = Summary(kConvNet, {"--depth=1", "--output=" + path});
  ASSERT_EQ(run.status, 0) << run.output;
  EXPECT_THAT(run.output, HasSubstr("parameters: 29,034"));
  const std::string svg = Contents(path);
  for (const char* text :
       {"ConvNet, input [1, 1, 28, 28]", "layer1: Sequential",
        "fc: Linear(1568, 10)", ">29.0 k<", ">15.7 k<", "2.8 M", "184 KiB"}) {
    EXPECT_THAT(svg, HasSubstr(text));
  }
  EXPECT_THAT(svg, Not(HasSubstr("layer1.0")));
  EXPECT_THAT(Summary(kConvNet, {"--output=net.gif"}).output,
              HasSubstr("a picture's name must end in .svg or .png"));
}

TEST(SummaryTest, WarnsOfLayersOverTheLimit) {
  // The linear layer's 62,760 bytes are 0.0599 MiB.
  EXPECT_THAT(Summary(kConvNet, {"--warn_mib=0.0598"}).output,
              HasSubstr("warning: the weights of fc: Linear(1568, 10) take "
                        "61.3 KiB, more than 0.0598 MiB"));
  EXPECT_THAT(Summary(kConvNet, {"--warn_mib=0.0599"}).output,
              Not(HasSubstr("warning")));
}

TEST(SummaryTest, SaysWhatIsWrong) {
  EXPECT_THAT(RunTool({"tools/summary"}).output,
              HasSubstr("one of --experiment and --model must be given"));
  EXPECT_THAT(Summary(kConvNet, {"--input=1,3,28"}).output,
              HasSubstr("layer1.0: Conv2d(1, 16, kernel 5x5): input "
                        "[1, 3, 28]"));
  EXPECT_THAT(Summary(kConvNet, {"--depth=-1"}).output,
              HasSubstr("--depth must be at least 0, got -1"));
  EXPECT_THAT(Summary("[type.googleapis.com/recipe.ConvNut] {}").output,
              HasSubstr("did you mean recipe.ConvNet?"));
}

}  // namespace
}  // namespace toque
