#include "tools/autograd_graph.h"

#include <set>
#include <string_view>
#include <unordered_map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "c10/core/GradMode.h"
#include "framework/core/model_access.h"
#include "framework/layers/observer.h"
#include "framework/tensors/describe.h"
#include "torch/csrc/autograd/function.h"
#include "torch/csrc/autograd/functions/accumulate_grad.h"

namespace toque {
namespace {

using Function = torch::autograd::Node;
using Node = AutogradGraph::Node;
using Kind = AutogradGraph::Kind;

// The innermost block that gave what an operation made.
class Owners : public Observer {
 public:
  void Called(std::string_view path, const Block&, const at::Tensor&,
              const at::Tensor& output) override {
    if (output.grad_fn() == nullptr) return;
    kept_.push_back(output);  // so that no later one has its address
    paths.try_emplace(output.grad_fn().get(), path);
  }

  std::unordered_map<const Function*, std::string> paths;

 private:
  std::vector<at::Tensor> kept_;
};

class Walk {
 public:
  Walk(const NamedTensors& parameters, const Owners& owners) : owners_(owners) {
    for (const auto& [name, parameter] : parameters) {
      names_[parameter.unsafeGetTensorImpl()] = name;
    }
  }

  AutogradGraph From(const at::Tensor& output) {
    graph_.nodes.push_back(
        {Kind::kOutput, "output", ShapeText(output.sizes())});
    if (output.grad_fn() != nullptr) Use(*output.grad_fn(), 0);
    // Grows while it is walked along.
    for (size_t i = 0; i < functions_.size(); ++i) {
      const Function& function = *functions_[i];
      for (const auto& edge : function.next_edges()) {
        if (edge.function != nullptr) Use(*edge.function, i + 1);
      }
    }
    return std::move(graph_);
  }

 private:
  // Notes that node `user` uses what `function` makes.
  void Use(const Function& function, size_t user) {
    const auto [place, is_new] =
        places_.try_emplace(&function, graph_.nodes.size());
    if (is_new) {
      functions_.push_back(&function);
      graph_.nodes.push_back(NodeOf(function));
    }
    if (seen_.emplace(place->second, user).second) {
      graph_.edges.emplace_back(place->second, user);
    }
  }

  Node NodeOf(const Function& function) const {
    const auto* leaf =
        dynamic_cast<const torch::autograd::AccumulateGrad*>(&function);
    if (leaf == nullptr) {
      const auto owner = owners_.paths.find(&function);
      return {Kind::kOperation, function.name(),
              owner == owners_.paths.end() ? "" : owner->second};
    }
    const auto name = names_.find(leaf->variable.unsafeGetTensorImpl());
    return {Kind::kParameter, name == names_.end() ? "tensor" : name->second,
            ShapeText(leaf->variable.sizes())};
  }

  const Owners& owners_;
  std::unordered_map<const c10::TensorImpl*, std::string> names_;
  std::unordered_map<const Function*, size_t> places_;
  std::vector<const Function*> functions_;  // of all nodes but the first
  std::set<std::pair<size_t, size_t>> seen_;
  AutogradGraph graph_;
};

std::string Quoted(std::string_view text) {
  return absl::StrCat(
      "\"",
      absl::StrReplaceAll(std::string(text), {{"\\", "\\\\"}, {"\"", "\\\""}}),
      "\"");
}

const char* StyleOf(Kind kind) {
  switch (kind) {
    case Kind::kOperation:
      return "";
    case Kind::kParameter:
      return ", style=filled, fillcolor=\"#cfe2f3\"";
    case Kind::kOutput:
      return ", style=filled, fillcolor=\"#d9ead3\"";
  }
  return "";
}

}  // namespace

AutogradGraph GraphOf(Model& model, const at::Tensor& input) {
  const c10::AutoGradMode gradients(true);
  Owners owners;
  const ObserverScope scope(&owners);
  ResetState(model);
  const at::Tensor output = Predict(model, input);
  return Walk(Parameters(model), owners).From(output);
}

std::string DotText(const AutogradGraph& graph, const std::string& title) {
  std::string text = absl::StrCat(
      "digraph ", Quoted(title),
      " {\n  node [shape=box, fontname=\"sans-serif\", fontsize=10];\n");
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    std::string label = Quoted(node.name);
    if (!node.detail.empty()) {
      label.pop_back();
      absl::StrAppend(&label, "\\n", Quoted(node.detail).substr(1));
    }
    absl::StrAppend(&text, "  n", i, " [label=", label, StyleOf(node.kind),
                    "];\n");
  }
  for (const auto& [from, to] : graph.edges) {
    absl::StrAppend(&text, "  n", from, " -> n", to, ";\n");
  }
  return text + "}\n";
}

}  // namespace toque
