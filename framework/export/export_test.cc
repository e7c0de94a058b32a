// What PyTorch and onnxruntime make of the files is checked by
// tools/check_export.py; here the operations themselves.

#include <cstring>
#include <functional>
#include <set>

#include "ATen/ops/allclose.h"
#include "ATen/ops/linear.h"
#include "ATen/ops/pow.h"
#include "ATen/ops/rand.h"
#include "ATen/ops/relu.h"
#include "ATen/ops/tensor.h"
#include "framework/core/model.h"
#include "framework/core/model_access.h"
#include "framework/export/onnx.h"
#include "framework/export/onnx.pb.h"
#include "framework/export/python.h"
#include "framework/export/trace.h"
#include "framework/layers/layers.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

using testing::HasSubstr;
using Function = std::function<at::Tensor(const at::Tensor&)>;

// A part "net" and what is done to its output; an example is [2, 4, 4].
struct TestModel : Model {
  TestModel(Layer part, Function then)
      : net(Add("net", std::move(part))), then(std::move(then)) {}

  at::Tensor Forward(const at::Tensor& input) override {
    return then((*net)(input));
  }
  std::vector<int64_t> ExampleShape() const override { return {2, 4, 4}; }
  std::string Describe() const override { return "TestModel"; }

  Layer net;
  Function then;
};

std::shared_ptr<Model> MakeModel(
    Layer part, Function then = [](const at::Tensor& x) { return x; }) {
  return std::make_shared<TestModel>(std::move(part), std::move(then));
}

Trace TraceOf(Model& model) {
  auto trace = TraceModel(model);
  EXPECT_OK(trace);
  return trace.ok() ? *std::move(trace) : Trace();
}

// A block that does what no format but Python has a word for.
struct Odd : Block {
  at::Tensor Forward(const at::Tensor& input) override {
    return input.cumsum(1);
  }
};

TEST(TraceTest, HasEachOperationWithItsLayerAndArguments) {
  const auto model = MakeModel(
      Sequential(Conv2d({.in = 2, .out = 3, .kernel = 3, .padding = 1}),
                 Relu(Inplace::kYes)),
      [](const at::Tensor& x) {
        return x.mean({2, 3});
      });
  const Trace trace = TraceOf(*model);
  std::vector<std::string> places;
  for (const Operation& one : trace.operations) places.push_back(PlaceOf(one));
  EXPECT_THAT(places, testing::ElementsAre("net.0: _convolution", "net.1: relu",
                                           "mean"));
  const Argument* padding = Find(trace.operations[0], "padding");
  ASSERT_NE(padding, nullptr);
  EXPECT_EQ(std::get<std::vector<Size>>(padding->value),
            (std::vector<Size>{{1, false}, {1, false}}));
}

TEST(TraceTest, TellsTheBatchFromOtherSizes) {
  const auto model = MakeModel(Relu(), [](const at::Tensor& x) {
    return x.view({x.size(0) * 2, 16}).view({x.size(0), 32});
  });
  const Trace trace = TraceOf(*model);
  EXPECT_EQ(trace.values[trace.operations[1].outputs[0]].shape,
            (std::vector<Size>{{2, true}, {16, false}}));
  EXPECT_EQ(trace.values[trace.output].shape,
            (std::vector<Size>{{1, true}, {32, false}}));
}

TEST(TraceTest, RefusesWhatDependsOnTheBatchOtherwise) {
  const auto divided = MakeModel(Relu(), [](const at::Tensor& x) {
    return x.div(1.0 / static_cast<double>(x.size(0)));
  });
  EXPECT_THAT(TraceModel(*divided),
              FailsWith("div: other: must be the same for all batches"));
  const auto narrowed = MakeModel(
      Relu(), [](const at::Tensor& x) { return x.slice(2, 0, x.size(0) - 1); });
  EXPECT_THAT(TraceModel(*narrowed),
              FailsWith("sizes must be multiples of the batch's or the same "
                        "for all batches, got 1 for 2 and 2 for 3 examples"));
}

TEST(TraceTest, RefusesConstantsThatDependOnTheBatch) {
  const std::vector<at::Tensor> shifts = {at::tensor({1.F}), at::tensor({2.F})};
  const auto shifted = MakeModel(Relu(), [shifts](const at::Tensor& x) {
    return x.add(shifts[static_cast<size_t>(x.size(0) % 2)]);
  });
  EXPECT_THAT(TraceModel(*shifted),
              FailsWith("constants must be the same for all batches"));
}

TEST(TraceTest, LeavesTheModelAsItWas) {
  const auto model = MakeModel(BatchNorm2d(2));
  TraceOf(*model);
  EXPECT_TRUE(model->is_training());
  EXPECT_EQ(model->named_buffers()["net.num_batches_tracked"].item<int64_t>(),
            0);
}

// The calls are those that PyTorch documents.
TEST(PythonTest, CallsPublicFunctionsWithParametersByName) {
  const auto model = MakeModel(
      Sequential(Conv2d({.in = 2, .out = 3, .kernel = 3, .bias = Bias::kNo}),
                 BatchNorm2d(3, {.momentum = 0.25}), Dropout(0.5), Flatten(),
                 Linear(12, 2)),
      [](const at::Tensor& x) {
        return x.view({x.size(0), 1, 2}).cumsum(2);
      });
  const std::string text = PythonModule(TraceOf(*model));
  for (const char* line :
       {"register(self, \"net.0.weight\", nn.Parameter(torch.zeros([3, 2, 3, "
        "3])))",
        "register(self, \"net.1.num_batches_tracked\", torch.zeros([], "
        "dtype=torch.int64))",
        "net_0 = F.conv2d(x, w[\"net.0.weight\"], None, [1, 1], [0, 0], "
        "dilation=[1, 1], groups=1)",
        "net_1 = F.batch_norm(net_0, w[\"net.1.running_mean\"], "
        "w[\"net.1.running_var\"], w[\"net.1.weight\"], w[\"net.1.bias\"], "
        "self.training, 0.25, 1e-05)",
        "net_2 = F.dropout(net_1, 0.5, self.training)",
        "net_3 = torch.flatten(net_2, 1)",
        "net_4 = F.linear(net_3, w[\"net.4.weight\"], w[\"net.4.bias\"])",
        "view = torch.ops.aten.view(net_4, [batch, 1, 2])", "return cumsum"}) {
    EXPECT_THAT(text, HasSubstr(line));
  }
}

TEST(PythonTest, TheStateHasTheNamesOfTheModel) {
  const auto model = MakeModel(BatchNorm2d(2));
  const State state = StateOf(TraceOf(*model));
  for (const auto& item : model->named_parameters()) {
    EXPECT_TRUE(state.Get(item.key())->equal(item.value()));
  }
  EXPECT_EQ(state.tensors().size(), 5u);
}

TEST(PythonTest, HasWhatIsKnownOfTheNet) {
  const Trace trace = TraceOf(*MakeModel(Relu()));
  EXPECT_THAT(PythonModule(trace),
              HasSubstr("CLASSES = []\nTRANSFORMS = \"\"\n"));
  EXPECT_THAT(PythonModule(trace, {{"tabby cat", "\"é\"\n"}, "eval {\n}\n"}),
              HasSubstr(R"(
CLASSES = [
    "tabby cat",
    "\"é\"\n",
]
TRANSFORMS = (
    "eval {\n"
    "}\n"
)
)"));
}

onnx::ModelProto OnnxOf(Model& model) {
  onnx::ModelProto proto;
  const auto bytes = OnnxModel(TraceOf(model));
  EXPECT_OK(bytes);
  EXPECT_TRUE(bytes.ok() && proto.ParseFromString(*bytes));
  return proto;
}

at::Tensor Constant(const onnx::GraphProto& graph, const std::string& name) {
  for (const onnx::TensorProto& one : graph.initializer()) {
    if (one.name() != name) continue;
    std::vector<float> values(one.raw_data().size() / sizeof(float));
    std::memcpy(values.data(), one.raw_data().data(), one.raw_data().size());
    return at::tensor(values).view(
        std::vector<int64_t>(one.dims().begin(), one.dims().end()));
  }
  ADD_FAILURE() << "no constant " << name;
  return {};
}

TEST(OnnxTest, ComputesTheLogitsOfAnyBatch) {
  const auto model =
      MakeModel(Sequential(Flatten(), Linear(32, 8), Relu(), Linear(8, 3)));
  const onnx::GraphProto graph = OnnxOf(*model).graph();
  EXPECT_EQ(graph.input(0).type().tensor_type().shape().dim(0).dim_param(),
            "batch");
  const at::Tensor input = at::rand({5, 2, 4, 4});
  at::Tensor x = input.flatten(1);
  std::vector<std::string> types;
  for (const onnx::NodeProto& node : graph.node()) {
    types.push_back(node.op_type());
    if (node.op_type() == "Relu") x = at::relu(x);
    if (node.op_type() == "Gemm") {
      x = at::linear(x, Constant(graph, node.input(1)),
                     Constant(graph, node.input(2)));
    }
  }
  EXPECT_THAT(types, testing::IsSupersetOf({"Reshape", "Gemm", "Relu"}));
  EXPECT_EQ(types.back(), "Gemm");
  EXPECT_TRUE(at::allclose(x, Predict(*model, input), 0, 1e-6));
}

TEST(OnnxTest, HasWhatIsKnownOfTheNet) {
  const Trace trace = TraceOf(*MakeModel(Relu()));
  onnx::ModelProto proto;
  ASSERT_TRUE(proto.ParseFromString(
      *OnnxModel(trace, {{"cat", "dog"}, "eval {\n}\n"})));
  ASSERT_EQ(proto.metadata_props_size(), 2);
  EXPECT_EQ(proto.metadata_props(0).key(), "classes");
  EXPECT_EQ(proto.metadata_props(0).value(), R"(["cat","dog"])");
  EXPECT_EQ(proto.metadata_props(1).key(), "transforms");
  EXPECT_EQ(proto.metadata_props(1).value(), "eval {\n}\n");
}

TEST(OnnxTest, NodesHaveNamesOfTheirOwn) {
  const auto model = MakeModel(
      Relu(), [](const at::Tensor& x) { return x.add(x).add(x).add(1); });
  std::set<std::string> names;
  const onnx::GraphProto graph = OnnxOf(*model).graph();
  for (const onnx::NodeProto& node : graph.node()) names.insert(node.name());
  EXPECT_EQ(names.size(), 4u);
}

TEST(OnnxTest, NamesTheLayerThatCannotBeWritten) {
  const auto model = MakeModel(Sequential(Relu(), std::make_shared<Odd>()));
  EXPECT_THAT(OnnxModel(TraceOf(*model)),
              FailsWith("net.1: cumsum: can't be written as ONNX"));
  const auto cut = MakeModel(
      Relu(), [](const at::Tensor& x) { return x.slice(2, 0, x.size(0)); });
  EXPECT_THAT(OnnxModel(TraceOf(*cut)),
              FailsWith("slice: can't be written as ONNX"));
}

TEST(OnnxTest, NamesTheArgumentThatCannotBeWritten) {
  const auto error = [](const Function& function) {
    return OnnxModel(TraceOf(*MakeModel(Relu(), function))).status();
  };
  EXPECT_THAT(error([](const at::Tensor& x) { return x.clamp(x.neg()); }),
              FailsWith("clamp: can't be written as ONNX with such a min"));
  EXPECT_THAT(error([](const at::Tensor& x) { return at::pow(2.0, x); }),
              FailsWith("pow: can't be written as ONNX with such a self"));
  EXPECT_THAT(error([](const at::Tensor& x) { return x.div(x, "floor"); }),
              FailsWith("div: must not round"));
  EXPECT_THAT(
      error([](const at::Tensor& x) { return x.softmax(1, at::kDouble); }),
      FailsWith("softmax: must be given no dtype"));
  EXPECT_THAT(error([](const at::Tensor& x) { return x.mean(at::kDouble); }),
              FailsWith("mean: must be given no dtype"));
}

// Its part "0" gives "_0", as a constant's name could be.
struct Numbered : Model {
  at::Tensor Forward(const at::Tensor& input) override {
    return (*part)(input).mul(2).view({-1, 32});
  }
  std::vector<int64_t> ExampleShape() const override { return {2, 4, 4}; }
  Layer part = Add("0", Relu());
};

TEST(OnnxTest, ValuesHaveNamesOfTheirOwn) {
  const auto model = std::make_shared<Numbered>();
  const onnx::GraphProto graph = OnnxOf(*model).graph();
  std::multiset<std::string> names;
  for (const auto& one : graph.initializer()) names.insert(one.name());
  for (const auto& one : graph.node()) names.insert(one.output(0));
  EXPECT_EQ(names.count("_0"), 1u);
  for (const std::string& name : names)
    EXPECT_EQ(names.count(name), 1u) << name;
}

}  // namespace
}  // namespace toque
