#include <utility>

#include "ATen/ops/cat.h"
#include "ATen/ops/stack.h"
#include "ATen/ops/tensor.h"
#include "framework/export/onnx_writer.h"

namespace toque {
namespace {

using Numbers = std::vector<int64_t>;

// A recurrent operator of ONNX.
struct Kind {
  const char* type;
  Numbers gates;  // where ATen has those that ONNX wants, in ONNX's order
  OnnxWriter::Attributes attributes;
};

int64_t Directions(const OnnxWriter& w) {
  return w.Bool("bidirectional") ? 2 : 1;
}

// Weights and, where there are any, biases: of inputs and of h, each.
int64_t Parts(const OnnxWriter& w) { return w.Bool("has_biases") ? 4 : 2; }

absl::Status Check(const OnnxWriter& w) {
  if (w.Shape("input").size() != 3) return Invalid("must be given batches");
  const std::vector<TracedValue> weights = w.ValuesOf("params");
  const int64_t count = w.Int("num_layers") * Directions(w) * Parts(w);
  if (static_cast<int64_t>(weights.size()) != count) {
    return Invalid("must have no projection");
  }
  for (const TracedValue& weight : weights) {
    if (!weight.tensor.defined()) return Invalid("weights must be stored");
  }
  return absl::OkStatus();
}

// The rows of all gates, one gate's below the other's, in another order.
at::Tensor Reordered(const at::Tensor& rows, const Numbers& gates) {
  const auto count = static_cast<int64_t>(gates.size());
  return rows.detach()
      .unflatten(0, {count, -1})
      .index_select(0, at::tensor(gates, at::kLong).to(rows.device()))
      .flatten(0, 1);
}

// W, R and B of a layer, [directions, ...]; B is "" where there is none.
std::vector<std::string> Weights(OnnxWriter& w, const Kind& kind,
                                 int64_t layer) {
  const std::vector<TracedValue> all = w.ValuesOf("params");
  std::vector<at::Tensor> inputs, states, biases;
  for (int64_t i = 0; i < Directions(w); ++i) {
    const int64_t first = (layer * Directions(w) + i) * Parts(w);
    const auto part = [&](int64_t number) {
      const auto& value = all[static_cast<size_t>(first + number)];
      return Reordered(value.tensor, kind.gates);
    };
    inputs.push_back(part(0));
    states.push_back(part(1));
    if (Parts(w) == 4) biases.push_back(at::cat({part(2), part(3)}));
  }
  return {w.Constant(at::stack(inputs)), w.Constant(at::stack(states)),
          biases.empty() ? "" : w.Constant(at::stack(biases))};
}

// What a layer begins with, of the `state` of all, [layers * directions, ...].
std::string Begin(OnnxWriter& w, const std::string& state, int64_t layer) {
  if (w.Int("num_layers") == 1) return state;
  const int64_t first = layer * Directions(w);
  return w.Node(
      "Slice", {state, w.Integers({first}), w.Integers({first + Directions(w)}),
                w.Integers({0})});
}

// Of x, [T, N, in]: Y, [T, directions, N, hidden], and the states it ends with.
std::vector<std::string> Layer(OnnxWriter& w, const Kind& kind,
                               const std::string& x,
                               const std::vector<std::string>& states,
                               int64_t layer) {
  std::vector<std::string> inputs = {x};
  for (std::string& name : Weights(w, kind, layer)) {
    inputs.push_back(std::move(name));
  }
  inputs.emplace_back();  // lengths: all steps count
  for (const std::string& state : states) {
    inputs.push_back(Begin(w, state, layer));
  }
  OnnxWriter::Attributes attributes = kind.attributes;
  attributes.emplace_back("hidden_size",
                          w.ValuesOf("params")[1].shape[1].value);
  attributes.emplace_back("direction",
                          Directions(w) == 2 ? "bidirectional" : "forward");
  return w.Nodes(kind.type, inputs, attributes, 1 + states.size());
}

// `states`: those that all layers begin with.
absl::Status Recurrent(OnnxWriter& w, const Kind& kind,
                       const std::vector<std::string>& states) {
  RETURN_IF_ERROR(Check(w));
  const bool batch_first = w.Bool("batch_first");
  const int64_t layers = w.Int("num_layers");
  std::string x = w.Tensor("input");
  if (batch_first) x = w.Node("Transpose", {x}, {{"perm", Numbers{1, 0, 2}}});
  std::vector<std::vector<std::string>> ends(states.size());
  for (int64_t i = 0; i < layers; ++i) {
    const auto results = Layer(w, kind, x, states, i);
    for (size_t k = 0; k < ends.size(); ++k) ends[k].push_back(results[k + 1]);
    // The directions' values of a step stand side by side.
    const bool turned = batch_first && i + 1 == layers;
    const Numbers order = turned ? Numbers{2, 0, 1, 3} : Numbers{0, 2, 1, 3};
    const std::string y = w.Node("Transpose", {results[0]}, {{"perm", order}});
    const std::vector<std::string> beside = {y, w.Integers({0, 0, -1})};
    if (i + 1 == layers) RETURN_IF_ERROR(w.Result("Reshape", beside));
    if (i + 1 < layers) x = w.Node("Reshape", beside);
  }
  for (size_t k = 0; k < ends.size(); ++k) {
    RETURN_IF_ERROR(w.Result("Concat", ends[k], {{"axis", int64_t{0}}}, k + 1));
  }
  return absl::OkStatus();
}

// ATen: input, forget, cell, output; ONNX: input, output, forget, cell.
absl::Status Lstm(OnnxWriter& w) {
  return Recurrent(w, {"LSTM", {0, 3, 1, 2}, {}}, w.Tensors("hx"));
}

// ATen: reset, update, new; ONNX: update, reset, new, of which ATen adds the
// bias of h before it resets.
absl::Status Gru(OnnxWriter& w) {
  return Recurrent(w, {"GRU", {1, 0, 2}, {{"linear_before_reset", int64_t{1}}}},
                   {w.Tensor("hx")});
}

}  // namespace

const OnnxOperations& OnnxRecurrent() {
  static const auto* const operations =
      new OnnxOperations({{"gru", Gru}, {"lstm", Lstm}});
  return *operations;
}

}  // namespace toque
