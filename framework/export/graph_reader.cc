#include "framework/export/graph_reader.h"

#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "torch/csrc/jit/ir/constants.h"
#include "torch/csrc/jit/ir/ir.h"

namespace toque {
namespace {

namespace jit = torch::jit;

bool IsTensor(const jit::Value& value) {
  return value.type()->kind() == c10::TypeKind::TensorType;
}

std::string LayerOf(jit::Node& node) {
  const jit::ScopePtr scope = node.scope();
  return scope->isRoot() ? "" : scope->name().toUnqualString();
}

// Turns a graph into a Trace, node by node.
class Reader {
 public:
  Reader(const NamedTensors& stored, const jit::Graph& graph) {
    trace_.input = Add(*graph.inputs()[0], "", {});
    for (size_t i = 0; i < stored.size(); ++i) {
      trace_.stored.push_back(
          Add(*graph.inputs()[i + 1], stored[i].first, stored[i].second));
    }
  }

  absl::StatusOr<Trace> Read(jit::Graph& graph) {
    for (jit::Node* node : graph.nodes()) {
      Operation place;
      place.name = node->kind().toUnqualString();
      place.layer = LayerOf(*node);
      RETURN_IF_ERROR(AtPlace(ReadNode(*node), PlaceOf(place)));
    }
    ASSIGN_OR_RETURN(const Ref output, TensorOf(*graph.outputs()[0]));
    trace_.output = output.value;
    return std::move(trace_);
  }

 private:
  size_t Add(const jit::Value& value, std::string name, at::Tensor tensor) {
    TracedValue traced;
    traced.name = std::move(name);
    if (tensor.defined()) {
      traced.type = tensor.scalar_type();
      for (const int64_t size : tensor.sizes()) traced.shape.push_back({size});
    } else if (const auto type = value.type()->cast<c10::TensorType>()) {
      traced.type = type->scalarType().value_or(at::kFloat);
      const auto sizes = type->sizes().concrete_sizes();
      for (const int64_t size : sizes.value_or(std::vector<int64_t>())) {
        traced.shape.push_back({size});
      }
    }
    traced.tensor = std::move(tensor);
    trace_.values.push_back(std::move(traced));
    return indices_[&value] = trace_.values.size() - 1;
  }

  void AddConstant(const jit::Value& value, const at::Tensor& tensor) {
    const std::string name = absl::StrCat("constant_", constants_++);
    const size_t index = Add(value, name, tensor.detach().clone());
    trace_.stored.push_back(index);
    constant_.insert(&value);
  }

  absl::Status ReadNode(jit::Node& node) {
    const std::string kind = node.kind().toQualString();
    if (kind == "prim::Constant") {
      const auto value = jit::toIValue(node.output());
      if (value && value->isTensor()) {
        AddConstant(*node.output(), value->toTensor());
      }
      return absl::OkStatus();
    }
    if (kind == "prim::ListConstruct") return absl::OkStatus();
    if (kind == "prim::ListUnpack") return Unpack(node);
    if (!kind.starts_with("aten::")) return Invalid("must be one of ATen's");
    if (IsFixed(node)) return Fold(node);
    return AddOperation(node);
  }

  // Whether the result depends on nothing that is given. Those that fill a
  // shape are left, as it may be the batch's.
  bool IsFixed(const jit::Node& node) const {
    static const auto* const filling = new std::unordered_set<std::string>(
        {"zeros", "ones", "full", "empty", "rand", "randn"});
    if (filling->contains(node.kind().toUnqualString())) return false;
    if (node.outputs().size() != 1 || !IsTensor(*node.output())) return false;
    for (const jit::Value* input : node.inputs()) {
      if (constant_.contains(input)) continue;
      if (!jit::toIValue(input) && !IsFixedList(*input)) return false;
    }
    return true;
  }

  static bool IsFixedList(const jit::Value& value) {
    if (value.node()->kind() != c10::prim::ListConstruct) return false;
    for (const jit::Value* input : value.node()->inputs()) {
      if (!jit::toIValue(input) || IsTensor(*input)) return false;
    }
    return true;
  }

  absl::Status Fold(jit::Node& node) {
    jit::Stack stack;
    for (const jit::Value* input : node.inputs()) {
      if (constant_.contains(input)) {
        stack.emplace_back(trace_.values[indices_.at(input)].tensor);
      } else if (const auto value = jit::toIValue(input)) {
        stack.push_back(*value);
      } else {
        std::vector<int64_t> numbers;
        for (const jit::Value* part : input->node()->inputs()) {
          const auto number = jit::toIValue(part);
          if (!number->isInt()) return AddOperation(node);
          numbers.push_back(number->toInt());
        }
        stack.emplace_back(numbers);
      }
    }
    node.getOperation()(stack);
    AddConstant(*node.output(), stack[0].toTensor());
    return absl::OkStatus();
  }

  absl::Status AddOperation(jit::Node& node) {
    Operation operation;
    operation.name = node.kind().toUnqualString();
    operation.layer = LayerOf(node);
    const c10::FunctionSchema* schema = node.maybeSchema();
    if (schema == nullptr) return Invalid("must be an operation of this ATen");
    for (size_t i = 0; i < node.inputs().size(); ++i) {
      ASSIGN_OR_RETURN(Argument argument,
                       Read(*node.inputs()[i], schema->arguments()[i]));
      operation.arguments.push_back(std::move(argument));
    }
    for (const jit::Value* output : node.outputs()) {
      if (!IsTensor(*output)) {
        operation.gives_list = true;
        continue;
      }
      operation.outputs.push_back(Add(*output, "", {}));
    }
    makers_[&node] = trace_.operations.size();
    trace_.operations.push_back(std::move(operation));
    return absl::OkStatus();
  }

  absl::Status Unpack(jit::Node& node) {
    const auto maker = makers_.find(node.input()->node());
    if (maker == makers_.end()) return Invalid("must unpack what is computed");
    for (const jit::Value* output : node.outputs()) {
      const size_t value = Add(*output, "", {});
      trace_.operations[maker->second].outputs.push_back(value);
    }
    return absl::OkStatus();
  }

  absl::StatusOr<Argument> Read(const jit::Value& value,
                                const c10::Argument& of) const {
    Argument argument;
    argument.name = of.name();
    argument.by_name = of.kwarg_only();
    if (indices_.contains(&value)) {
      argument.value = Ref{indices_.at(&value)};
    } else if (const auto constant = jit::toIValue(&value)) {
      const auto& given = of.default_value();
      argument.is_default = given && *given == *constant;
      RETURN_IF_ERROR(ReadConstant(*constant, of, &argument));
    } else {
      RETURN_IF_ERROR(ReadList(value, &argument));
    }
    return argument;
  }

  static absl::Status ReadConstant(const at::IValue& value,
                                   const c10::Argument& of,
                                   Argument* argument) {
    // Numbers stand for these; what they say is the same on any device.
    if (of.name() == "layout" || of.name() == "pin_memory" ||
        of.name() == "device" || value.isNone()) {
      argument->value = std::monostate();
    } else if (value.isBool()) {
      argument->value = value.toBool();
    } else if (value.isInt() && of.name() == "dtype") {
      const auto type = static_cast<at::ScalarType>(value.toInt());
      argument->value = std::string(c10::toString(type));
    } else if (value.isInt()) {
      argument->value = Size{value.toInt()};
    } else if (value.isDouble()) {
      argument->value = value.toDouble();
    } else if (value.isString()) {
      argument->value = value.toStringRef();
    } else if (value.isIntList()) {
      std::vector<Size> sizes;
      for (const int64_t size : value.toIntVector()) sizes.push_back({size});
      argument->value = sizes;
    } else {
      return Invalid(of.name() + " must be a number, text or tensor",
                     value.tagKind());
    }
    return absl::OkStatus();
  }

  absl::Status ReadList(const jit::Value& list, Argument* argument) const {
    std::vector<Size> sizes;
    std::vector<double> numbers;
    std::vector<Ref> tensors;
    for (const jit::Value* part : list.node()->inputs()) {
      const auto value = jit::toIValue(part);
      if (indices_.contains(part)) {
        tensors.push_back({indices_.at(part)});
      } else if (value && value->isInt()) {
        sizes.push_back({value->toInt()});
      } else if (value && value->isDouble()) {
        numbers.push_back(value->toDouble());
      } else {
        return Invalid(argument->name + " must be of numbers or tensors");
      }
    }
    if (!tensors.empty()) {
      argument->value = tensors;
    } else if (!numbers.empty()) {
      argument->value = numbers;
    } else {
      argument->value = sizes;
    }
    return absl::OkStatus();
  }

  absl::StatusOr<Ref> TensorOf(const jit::Value& value) const {
    const auto found = indices_.find(&value);
    if (found != indices_.end()) return Ref{found->second};
    return Invalid("the model's output must be a tensor that it computes");
  }

  Trace trace_;
  int constants_ = 0;
  std::unordered_map<const jit::Value*, size_t> indices_;  // of Trace::values
  std::unordered_set<const jit::Value*> constant_;
  std::unordered_map<const jit::Node*, size_t> makers_;  // operations
};

}  // namespace

absl::StatusOr<Trace> ReadGraph(const NamedTensors& stored, jit::Graph& graph) {
  return Reader(stored, graph).Read(graph);
}

}  // namespace toque
