// SegmentConsensus with backbones of the tree, and published weights.

#include <string>
#include <vector>

#include "ATen/ops/tensor.h"
#include "framework/core/model.h"
#include "framework/core/model_access.h"
#include "framework/export/onnx.h"
#include "framework/export/trace.h"
#include "framework/testing/formula_weights.h"
#include "framework/testing/tensor_matchers.h"
#include "framework/testing/testing.h"
#include "framework/weights/model_weights.h"

namespace toque {
namespace {

std::shared_ptr<Model> MakeWith(const std::string& backbone,
                                const std::string& options = "") {
  return MakeOrDie<Model>(
      "recipe.SegmentConsensus",
      "backbone { [type.googleapis.com/recipe." + backbone + " } " + options);
}

constexpr char kResNet[] = "ResNet] { depth: 18 classes: 4 }";
constexpr char kShift[] =
    "temporal_shift { at: '^layer\\\\d\\\\.\\\\d+\\\\.conv1$' } ";

// For two clips of three pictures, in float64.
at::Tensor Output(const std::shared_ptr<Model>& model, bool training) {
  FillByFormula(*model);
  MoveTo(*model, at::kCPU, at::kDouble);
  const ModeScope mode(*model, training);
  return Predict(*model, Sines({2, 3, 3, 32, 32}).to(at::kDouble));
}

void ExpectNear(const at::Tensor& output, const std::vector<double>& golden) {
  const at::Tensor expected = at::tensor(golden).view_as(output);
  EXPECT_THAT(output, AllClose(expected, 1e-5, 1e-5));
}

// PyTorch with torchvision's ResNet: tests/goldens/temporal_shift.py
TEST(SegmentConsensusBackboneTest, AResNetWithTemporalShiftIsPyTorchs) {
  ExpectNear(Output(MakeWith(kResNet, kShift), /*training=*/false),
             {-1.345547, 3.255049, -1.516265, 1.596334, -1.595124, 4.007587,
              -1.858408, 1.972809});
  ExpectNear(Output(MakeWith(kResNet), /*training=*/false),
             {-1.371638, 3.303882, -1.54195, 1.61421, -1.631019, 4.080485,
              -1.894804, 2.001668});
}

// PyTorch with torchvision's ResNet: tests/goldens/temporal_shift.py
TEST(SegmentConsensusBackboneTest, PartialBatchNormTrainsTheFirstAlone) {
  const auto model =
      MakeWith(kResNet, std::string(kShift) + "batch_norm: PARTIAL");
  const at::Tensor output = Output(model, /*training=*/true);
  ExpectNear(output.detach(), {-1.277178, 3.02401, -1.398786, 1.473536,
                               -1.598333, 4.015793, -1.846483, 1.96966});
  const auto buffers = model->named_buffers();
  ExpectNear(buffers["bn1.running_mean"].narrow(0, 0, 4),
             {0.02489582, -0.04411411, 0.06735396, -0.001519789});
  ExpectNear(buffers["layer1.0.bn1.running_mean"].narrow(0, 0, 4),
             {-0.0176134, -0.09400661, 0.02960019, -0.04679301});
  output.square().sum().backward();
  for (const auto& [name, parameter] : Parameters(*model)) {
    const bool norm = name.find("bn") != std::string::npos ||
                      name.find("downsample.1") != std::string::npos;
    EXPECT_EQ(parameter.grad().defined(), !norm || name.starts_with("bn1"))
        << name;
  }
}

TEST(SegmentConsensusBackboneTest, PretrainedWeightsLoadAsIntoTheBackbone) {
  Weights options;
  options.set_file("efficientnet_lite0");
  const auto model = MakeWith("EfficientNetLite] {}",
                              "temporal_shift { at: '_expand_conv$' }");
  const auto report = LoadWeights(options, Context(), *model);
  ASSERT_OK(report);
  EXPECT_TRUE(report->Complete());
  EXPECT_EQ(report->loaded.size(),
            Parameters(*model).size() + Buffers(*model).size());
}

TEST(SegmentConsensusBackboneTest, ASmallNetMixesFramesInItsSecondBlock) {
  const std::string net = "ConvNet] { in_channels: 3 input_size: 32 }";
  const auto output = [](const std::shared_ptr<Model>& model, bool backwards) {
    FillByFormula(*model);
    const ModeScope evaluation(*model, /*training=*/false);
    const at::Tensor clips = Sines({2, 4, 3, 32, 32});
    return Predict(*model, backwards ? clips.flip(1) : clips).detach();
  };
  const auto plain = MakeWith(net);
  EXPECT_THAT(output(plain, false), AllClose(output(plain, true), 1e-4, 1e-5));
  const auto mixing = MakeWith(net, "temporal_shift { at: '^layer2' }");
  EXPECT_THAT(output(mixing, false),
              testing::Not(AllClose(output(mixing, true), 1e-4, 1e-5)));
  EXPECT_EQ(mixing->ExampleShape(), std::vector<int64_t>({3, 3, 32, 32}));
}

TEST(SegmentConsensusBackboneTest, IsExported) {
  for (const std::string shift : {"", "temporal_shift { at: '^layer2' }"}) {
    const auto trace =
        TraceModel(*MakeWith("ConvNet] { in_channels: 3 }", shift));
    ASSERT_OK(trace);
    EXPECT_OK(OnnxModel(*trace));
  }
}

}  // namespace
}  // namespace toque
