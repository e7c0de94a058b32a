#include "framework/testing/onnx_reference.h"

#include <cstring>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "ATen/TensorOperators.h"
#include "ATen/ops/cat.h"
#include "ATen/ops/constant_pad_nd.h"
#include "ATen/ops/empty.h"
#include "ATen/ops/ones_like.h"
#include "ATen/ops/stack.h"
#include "ATen/ops/tensor.h"
#include "c10/util/Exception.h"

namespace toque {
namespace {

using Tensors = std::vector<at::Tensor>;
using Numbers = std::vector<int64_t>;

// A node and its inputs; those that aren't given are undefined.
struct Call {
  const onnx::NodeProto& node;
  Tensors inputs;

  const onnx::AttributeProto& Get(const std::string& name) const {
    for (const auto& attribute : node.attribute()) {
      if (attribute.name() == name) return attribute;
    }
    return onnx::AttributeProto::default_instance();
  }
  Numbers Ints(const std::string& name) const {
    const auto& ints = Get(name).ints();
    return {ints.begin(), ints.end()};
  }
};

Numbers NumbersIn(const at::Tensor& values) {
  const int64_t* const first = values.const_data_ptr<int64_t>();
  return {first, first + values.numel()};
}

Tensors Add(const Call& c) { return {c.inputs[0] + c.inputs[1]}; }
Tensors Mul(const Call& c) { return {c.inputs[0] * c.inputs[1]}; }
Tensors MatMul(const Call& c) { return {c.inputs[0].matmul(c.inputs[1])}; }
Tensors Concat(const Call& c) { return {at::cat(c.inputs, c.Get("axis").i())}; }
Tensors Transpose(const Call& c) {
  return {c.inputs[0].permute(c.Ints("perm"))};
}
Tensors Shape(const Call& c) {
  return {at::tensor(c.inputs[0].sizes(), at::kLong)};
}
Tensors Gather(const Call& c) {
  return {c.inputs[0].index_select(c.Get("axis").i(), c.inputs[1])};
}
Tensors Expand(const Call& c) {
  return {c.inputs[0].expand(NumbersIn(c.inputs[1]))};
}

Tensors Reshape(const Call& c) {
  Numbers shape = NumbersIn(c.inputs[1]);
  for (size_t i = 0; i < shape.size(); ++i) {
    if (shape[i] == 0) shape[i] = c.inputs[0].size(static_cast<int64_t>(i));
  }
  return {c.inputs[0].reshape(shape)};
}

Tensors Slice(const Call& c) {
  at::Tensor part = c.inputs[0];
  const Numbers begins = NumbersIn(c.inputs[1]), ends = NumbersIn(c.inputs[2]),
                axes = NumbersIn(c.inputs[3]);
  for (size_t i = 0; i < axes.size(); ++i) {
    part = part.slice(axes[i], begins[i], ends[i]);
  }
  return {part};
}

Tensors InstanceNormalization(const Call& c) {
  const at::Tensor rows = c.inputs[0].flatten(2);
  const at::Tensor centred = rows - rows.mean(2, /*keepdim=*/true);
  const at::Tensor var = centred.square().mean(2, /*keepdim=*/true);
  const at::Tensor normal = centred / (var + c.Get("epsilon").f()).sqrt();
  const at::Tensor scaled = normal * c.inputs[1].view({-1, 1});
  return {(scaled + c.inputs[2].view({-1, 1})).view_as(c.inputs[0])};
}

// The last two dimensions, top, left, bottom and right.
at::Tensor Padded(const at::Tensor& x, const Numbers& ends, double value) {
  return at::constant_pad_nd(x, {ends[1], ends[3], ends[0], ends[2]}, value);
}

Tensors Pad(const Call& c) {
  const Numbers ends = NumbersIn(c.inputs[1]);
  return {Padded(c.inputs[0], {ends[2], ends[3], ends[6], ends[7]}, 0)};
}

// [N, C, rows, columns, kernel, kernel].
at::Tensor Windows(const Call& c, const at::Tensor& x) {
  const Numbers kernel = c.Ints("kernel_shape"), stride = c.Ints("strides");
  return x.unfold(2, kernel[0], stride[0]).unfold(3, kernel[1], stride[1]);
}

Tensors AveragePool(const Call& c) {
  Numbers ends = c.Ints("pads");
  ends.resize(4);
  const at::Tensor& x = c.inputs[0];
  const bool counted = c.Get("count_include_pad").i() != 0;
  const at::Tensor counts = Padded(at::ones_like(x), ends, counted ? 1 : 0);
  const at::Tensor sums = Windows(c, Padded(x, ends, 0)).sum({-2, -1});
  return {sums / Windows(c, counts).sum({-2, -1})};
}

Tensors MaxPool(const Call& c) {
  const double least = -std::numeric_limits<double>::infinity();
  const at::Tensor padded = Padded(c.inputs[0], c.Ints("pads"), least);
  return {Windows(c, padded).amax({-2, -1})};
}

// What a direction's weights and biases make of x or h: [N, gates, hidden].
at::Tensor Gates(const Call& c, bool of_state, int64_t direction,
                 const at::Tensor& values) {
  const at::Tensor weight = c.inputs[of_state ? 2 : 1][direction];
  const at::Tensor bias = c.inputs[3][direction].chunk(2)[of_state ? 1 : 0];
  const int64_t hidden = c.Get("hidden_size").i();
  return (values.matmul(weight.t()) + bias).unflatten(1, {-1, hidden});
}

// Gates input, output, forget and cell.
Tensors LstmStep(const at::Tensor& x, const at::Tensor& h,
                 const Tensors& states) {
  const Tensors gates = (x + h).unbind(1);
  const at::Tensor c =
      gates[2].sigmoid() * states[1] + gates[0].sigmoid() * gates[3].tanh();
  return {gates[1].sigmoid() * c.tanh(), c};
}

// Gates update, reset and hidden, where linear_before_reset is 1.
Tensors GruStep(const at::Tensor& x, const at::Tensor& h,
                const Tensors& states) {
  const at::Tensor update = (x.select(1, 0) + h.select(1, 0)).sigmoid();
  const at::Tensor reset = (x.select(1, 1) + h.select(1, 1)).sigmoid();
  const at::Tensor next = (x.select(1, 2) + reset * h.select(1, 2)).tanh();
  return {(1 - update) * next + update * states[0]};
}

Tensors Recurrent(const Call& c) {
  const bool lstm = c.node.op_type() == "LSTM";
  TORCH_CHECK(lstm || c.Get("linear_before_reset").i() == 1);
  const int64_t length = c.inputs[0].size(0);
  Tensors y;
  std::vector<Tensors> ends(lstm ? 2 : 1);
  const int directions = c.Get("direction").s() == "bidirectional" ? 2 : 1;
  for (int d = 0; d < directions; ++d) {
    Tensors states, steps(static_cast<size_t>(length));
    for (size_t i = 0; i < ends.size(); ++i) {
      states.push_back(c.inputs[5 + i][d]);
    }
    for (int64_t i = 0; i < length; ++i) {
      const int64_t t = d == 0 ? i : length - 1 - i;
      const at::Tensor x = Gates(c, false, d, c.inputs[0][t]);
      const at::Tensor h = Gates(c, true, d, states[0]);
      states = lstm ? LstmStep(x, h, states) : GruStep(x, h, states);
      steps[static_cast<size_t>(t)] = states[0];
    }
    y.push_back(at::stack(steps));
    for (size_t i = 0; i < ends.size(); ++i) ends[i].push_back(states[i]);
  }
  Tensors results = {at::stack(y, 1)};
  for (const Tensors& end : ends) results.push_back(at::stack(end));
  return results;
}

Tensors Run(const Call& call) {
  static const auto* const operators =
      new std::map<std::string, Tensors (*)(const Call&)>(
          {{"Add", Add},
           {"AveragePool", AveragePool},
           {"Concat", Concat},
           {"Expand", Expand},
           {"GRU", Recurrent},
           {"Gather", Gather},
           {"InstanceNormalization", InstanceNormalization},
           {"LSTM", Recurrent},
           {"MatMul", MatMul},
           {"MaxPool", MaxPool},
           {"Mul", Mul},
           {"Pad", Pad},
           {"Reshape", Reshape},
           {"Shape", Shape},
           {"Slice", Slice},
           {"Transpose", Transpose}});
  const auto found = operators->find(call.node.op_type());
  TORCH_CHECK(found != operators->end(), call.node.op_type(), " isn't known");
  return found->second(call);
}

at::Tensor TensorOf(const onnx::TensorProto& proto) {
  const bool whole = proto.data_type() == onnx::TensorProto::INT64;
  const at::Tensor tensor =
      at::empty(Numbers(proto.dims().begin(), proto.dims().end()),
                whole ? at::kLong : at::kFloat);
  TORCH_CHECK(proto.raw_data().size() == tensor.nbytes());
  std::memcpy(tensor.mutable_data_ptr(), proto.raw_data().data(),
              tensor.nbytes());
  return tensor;
}

}  // namespace

at::Tensor RunOnnx(const onnx::GraphProto& graph, const at::Tensor& input) {
  std::map<std::string, at::Tensor> values = {{"", {}}, {"input", input}};
  for (const auto& one : graph.initializer())
    values[one.name()] = TensorOf(one);
  for (const onnx::NodeProto& node : graph.node()) {
    Call call{node, {}};
    for (const auto& name : node.input())
      call.inputs.push_back(values.at(name));
    const Tensors results = Run(call);
    for (int i = 0; i < node.output_size(); ++i) {
      values[node.output(i)] = results[static_cast<size_t>(i)];
    }
  }
  return values.at("output");
}

}  // namespace toque
