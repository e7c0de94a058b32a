// That ONNX's operators, by their definitions, compute what our layers do.

#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "ATen/ops/allclose.h"
#include "ATen/ops/rand.h"
#include "c10/core/GradMode.h"
#include "framework/core/model.h"
#include "framework/core/model_access.h"
#include "framework/export/onnx.h"
#include "framework/export/onnx.pb.h"
#include "framework/export/trace.h"
#include "framework/layers/layers.h"
#include "framework/layers/recurrent.h"
#include "framework/testing/onnx_reference.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

using Shape = std::vector<int64_t>;
using Function = std::function<at::Tensor(const at::Tensor&)>;

// A layer, and what is done to its output.
struct TestModel : Model {
  TestModel(Layer part, Shape shape, Function then)
      : net(Add("net", std::move(part))),
        shape(std::move(shape)),
        then(std::move(then)) {
    const c10::NoGradGuard no_gradients;
    for (at::Tensor& weight : parameters()) weight.uniform_(-1, 1);
  }

  at::Tensor Forward(const at::Tensor& input) override {
    return then((*net)(input));
  }
  std::vector<int64_t> ExampleShape() const override { return shape; }

  Layer net;
  Shape shape;
  Function then;
};

// Expects the same of both for five examples, a number that no trace has seen.
void ExpectSame(
    Layer part, const Shape& shape,
    Function then = [](const at::Tensor& x) { return x; }) {
  const auto model =
      std::make_shared<TestModel>(std::move(part), shape, std::move(then));
  const ModeScope evaluation(*model, /*training=*/false);
  const c10::NoGradGuard no_gradients;
  const auto trace = TraceModel(*model);
  ASSERT_OK(trace);
  const auto bytes = OnnxModel(*trace);
  ASSERT_OK(bytes);
  onnx::ModelProto proto;
  ASSERT_TRUE(proto.ParseFromString(*bytes));
  Shape batch = shape;
  batch.insert(batch.begin(), 5);
  const at::Tensor input = at::rand(batch);
  const at::Tensor expected = Predict(*model, input);
  const at::Tensor output = RunOnnx(proto.graph(), input);
  ASSERT_EQ(output.sizes(), expected.sizes());
  EXPECT_TRUE(at::allclose(output, expected, 1e-4, 1e-5));
}

TEST(OnnxNormsTest, GroupNormNormalisesGroupsOfChannels) {
  ExpectSame(GroupNorm(2, 6), {6, 3, 4});
  ExpectSame(GroupNorm(3, 6), {6, 5});
}

TEST(OnnxNormsTest, InstanceNormNormalisesEachChannel) {
  ExpectSame(InstanceNorm2d(3), {3, 4, 5});
}

TEST(OnnxNormsTest, BatchNormWithoutRunningStatisticsTakesTheBatchs) {
  ExpectSame(BatchNorm2d(3, {.running = BatchNormOptions::Running::kNo}),
             {3, 4, 2});
}

TEST(OnnxPoolingTest, WindowsPastTheEndDivideAsTheLayersDo) {
  for (const int64_t padding : {0, 1}) {
    for (const int64_t stride : {2, 3}) {
      const PoolOptions options = {.kernel = 3,
                                   .stride = stride,
                                   .padding = padding,
                                   .output_size = Rounding::kUp};
      ExpectSame(AvgPool2d(options), {2, 6, 8});
      ExpectSame(MaxPool2d(options), {2, 6, 8});
    }
  }
}

TEST(OnnxPoolingTest, PaddingCountsInAnAverage) {
  ExpectSame(AvgPool2d({.kernel = 3, .stride = 2, .padding = 1}), {2, 5, 7});
}

TEST(OnnxPoolingTest, WindowsThatWouldBeginInThePaddingAreLeftOut) {
  ExpectSame(MaxPool2d({.kernel = 2,
                        .stride = 3,
                        .padding = 1,
                        .output_size = Rounding::kUp}),
             {1, 5, 5});
}

TEST(OnnxPoolingTest, AdaptivePoolingNeedsNotDivideTheSize) {
  ExpectSame(AdaptiveAvgPool2d({2, 3}), {2, 5, 7});
  ExpectSame(AdaptiveAvgPool2d({5, 2}), {2, 3, 4});
  ExpectSame(AdaptiveAvgPool2d({2, 3}), {2, 4, 6});
}

RecurrentOptions Deep() {
  return {.in = 4,
          .hidden = 3,
          .layers = 2,
          .direction = RecurrentOptions::Direction::kBoth};
}

TEST(OnnxRecurrentTest, LstmHasItsGatesInOnnxsOrder) {
  ExpectSame(Lstm({.in = 4, .hidden = 3}), {6, 4});
  ExpectSame(Lstm(Deep()), {6, 4});
}

TEST(OnnxRecurrentTest, GruHasItsGatesInOnnxsOrder) {
  ExpectSame(Gru({.in = 4, .hidden = 3}), {6, 4});
  ExpectSame(Gru(Deep()), {6, 4});
}

TEST(OnnxRecurrentTest, GivesTheLastStatesOfAllLayers) {
  const auto expect_state = [](const std::shared_ptr<Recurrent>& part,
                               size_t state) {
    ExpectSame(part, {6, 4}, [part, state](const at::Tensor&) {
      return part->Carried()[state].mul(2);
    });
  };
  expect_state(Lstm(Deep()), 0);
  expect_state(Lstm(Deep()), 1);
  expect_state(Gru(Deep()), 0);
}

}  // namespace
}  // namespace toque
