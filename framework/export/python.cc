#include "framework/export/python.h"

#include <charconv>
#include <cmath>
#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "framework/export/value_names.h"

namespace toque {
namespace {

constexpr char kHead[] = R"("""$MODEL, written by Toque.

    net = Net()
    net.load_state_dict(safetensors.torch.load_file("net.safetensors"))
    net.eval()

Shapes: $INPUT to $OUTPUT.
"""
import torch
from torch import nn
from torch.nn import functional as F

$METADATA

def register(module, path, tensor):
    """Puts a tensor where state_dict() calls it `path`."""
    *parents, name = path.split(".")
    for parent in parents:
        if parent not in module._modules:
            module.add_module(parent, nn.Module())
        module = module._modules[parent]
    if isinstance(tensor, nn.Parameter):
        module.register_parameter(name, tensor)
    else:
        module.register_buffer(name, tensor)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
)";

// What PyTorch calls the operations whose arguments it takes in ATen's order;
// all others go by torch.ops.aten.
const std::map<std::string, std::string>& PublicNames() {
  static const auto* const names = [] {
    auto* const made = new std::map<std::string, std::string>;
    for (const char* name :
         {"abs",     "add",       "addmm",        "bmm",  "cat",
          "chunk",   "clamp",     "clamp_min",    "div",  "embedding",
          "exp",     "flatten",   "index_select", "log",  "log_softmax",
          "matmul",  "mean",      "mul",          "neg",  "permute",
          "reshape", "select",    "sigmoid",      "sign", "softmax",
          "sqrt",    "squeeze",   "stack",        "sub",  "sum",
          "tanh",    "transpose", "unsqueeze"}) {
      (*made)[name] = absl::StrCat("torch.", name);
    }
    for (const char* name :
         {"adaptive_avg_pool2d", "avg_pool2d", "dropout", "gelu", "group_norm",
          "hardsigmoid", "hardswish", "hardtanh", "layer_norm", "leaky_relu",
          "linear", "max_pool2d", "relu", "relu6",
          "scaled_dot_product_attention", "silu"}) {
      (*made)[name] = absl::StrCat("F.", name);
    }
    return made;
  }();
  return *names;
}

// The shortest text that is the same number.
std::string Number(double value) {
  if (!std::isfinite(value)) return absl::StrCat("float(\"", value, "\")");
  char text[32];
  const auto end = std::to_chars(text, text + sizeof(text), value).ptr;
  const std::string plain(text, end);
  return plain.find_first_of(".e") == std::string::npos ? plain + ".0" : plain;
}

std::string TypeName(at::ScalarType type) {
  static const auto* const names =
      new std::map<at::ScalarType, std::string>({{at::kFloat, "float32"},
                                                 {at::kDouble, "float64"},
                                                 {at::kHalf, "float16"},
                                                 {at::kBFloat16, "bfloat16"},
                                                 {at::kLong, "int64"},
                                                 {at::kInt, "int32"},
                                                 {at::kByte, "uint8"},
                                                 {at::kChar, "int8"},
                                                 {at::kBool, "bool"}});
  const auto found = names->find(type);
  return "torch." + (found == names->end() ? "float32" : found->second);
}

// "[N, 3, 32, 32]".
std::string ShapeText(const std::vector<Size>& shape) {
  return absl::StrCat("[",
                      absl::StrJoin(shape, ", ",
                                    [](std::string* out, const Size& size) {
                                      const bool one =
                                          size.per_example && size.value == 1;
                                      if (!one)
                                        absl::StrAppend(out, size.value);
                                      if (size.per_example)
                                        absl::StrAppend(out, one ? "N" : " N");
                                    }),
                      "]");
}

class Writer {
 public:
  explicit Writer(const Trace& trace) : trace_(trace), names_(NamesOf(trace)) {}

  std::string Module(const NetMetadata& metadata) const {
    std::string text = absl::StrReplaceAll(
        kHead, {{"$MODEL", trace_.model},
                {"$METADATA", PythonConstants(metadata)},
                {"$INPUT", ShapeText(trace_.values[trace_.input].shape)},
                {"$OUTPUT", ShapeText(trace_.values[trace_.output].shape)}});
    for (const size_t value : trace_.stored) {
      absl::StrAppend(&text, Registration(trace_.values[value]));
    }
    absl::StrAppend(&text,
                    "\n    def forward(self, x):\n"
                    "        batch = x.shape[0]\n"
                    "        w = self.state_dict(keep_vars=True)\n");
    for (const Operation& operation : trace_.operations) {
      absl::StrAppend(&text, "        ", Results(operation), " = ",
                      Call(operation), "\n");
    }
    absl::StrAppend(&text, "        return ", Tensor(trace_.output), "\n");
    return text;
  }

 private:
  static std::string Registration(const TracedValue& value) {
    std::string tensor = absl::StrCat(
        "torch.zeros([", absl::StrJoin(value.tensor.sizes(), ", "), "]",
        value.type == at::kFloat
            ? ""
            : absl::StrCat(", dtype=", TypeName(value.type)),
        ")");
    if (value.tensor.requires_grad()) {
      tensor = absl::StrCat("nn.Parameter(", tensor, ")");
    }
    return absl::StrCat("        register(self, \"", value.name, "\", ", tensor,
                        ")\n");
  }

  std::string Tensor(size_t value) const {
    const bool stored = trace_.values[value].tensor.defined();
    return stored ? absl::StrCat("w[\"", names_[value], "\"]") : names_[value];
  }

  std::string Results(const Operation& operation) const {
    std::vector<std::string> results;
    for (const size_t output : operation.outputs) {
      results.push_back(names_[output]);
    }
    const bool one = operation.gives_list && results.size() == 1;
    return absl::StrJoin(results, ", ") + (one ? "," : "");
  }

  static std::string Text(const Size& size) {
    if (!size.per_example) return absl::StrCat(size.value);
    if (size.value == 1) return "batch";
    return absl::StrCat(size.value, " * batch");
  }
  std::string Text(const Ref& ref) const { return Tensor(ref.value); }
  static std::string Text(double number) { return Number(number); }
  static std::string Text(bool yes) { return yes ? "True" : "False"; }
  static std::string Text(std::monostate) { return "None"; }
  static std::string Text(const std::string& text) {
    return absl::StrCat("\"", text, "\"");
  }
  template <typename Part>
  std::string Text(const std::vector<Part>& list) const {
    return absl::StrCat(
        "[",
        absl::StrJoin(list, ", ",
                      [this](std::string* out, const Part& part) {
                        out->append(Text(part));
                      }),
        "]");
  }

  std::string Value(const Argument& argument) const {
    const std::string& name = argument.name;
    if (name == "train" || name == "training") return "self.training";
    if (name == "device") return "x.device";
    if (name == "dtype" &&
        std::holds_alternative<std::string>(argument.value)) {
      return DType(std::get<std::string>(argument.value));
    }
    return std::visit([this](const auto& value) { return Text(value); },
                      argument.value);
  }
  std::string Value(const Operation& operation, std::string_view name) const {
    return Value(*Find(operation, name));
  }

  // From ATen's name: "Float".
  static std::string DType(const std::string& name) {
    for (int i = 0; i < static_cast<int>(at::ScalarType::NumOptions); ++i) {
      const auto type = static_cast<at::ScalarType>(i);
      if (name == c10::toString(type)) return TypeName(type);
    }
    return "None";
  }

  std::string Call(const Operation& operation) const {
    if (operation.name == "_convolution") return Convolution(operation);
    if (operation.name == "batch_norm") return BatchNorm(operation);
    const auto known = PublicNames().find(operation.name);
    const std::string function = known == PublicNames().end()
                                     ? "torch.ops.aten." + operation.name
                                     : known->second;
    // Those at the end that have their defaults needn't stand there.
    const auto& arguments = operation.arguments;
    size_t count = arguments.size();
    while (count > 0 && Omitted(arguments[count - 1])) --count;
    std::vector<std::string> given;
    for (size_t i = 0; i < count; ++i) {
      if (arguments[i].by_name && Omitted(arguments[i])) continue;
      given.push_back(
          absl::StrCat(arguments[i].by_name ? arguments[i].name + "=" : "",
                       Value(arguments[i])));
    }
    return absl::StrCat(function, "(", absl::StrJoin(given, ", "), ")");
  }

  static bool Omitted(const Argument& argument) {
    return argument.is_default || argument.name == "layout" ||
           argument.name == "pin_memory";
  }

  std::string Convolution(const Operation& operation) const {
    const bool transposed =
        std::get<bool>(Find(operation, "transposed")->value);
    const auto& stride =
        std::get<std::vector<Size>>(Find(operation, "stride")->value);
    std::string text = absl::StrCat("F.conv", transposed ? "_transpose" : "",
                                    stride.size(), "d(");
    for (const char* name : {"input", "weight", "bias", "stride", "padding"}) {
      absl::StrAppend(&text, Value(operation, name), ", ");
    }
    if (transposed) {
      absl::StrAppend(
          &text, "output_padding=", Value(operation, "output_padding"), ", ");
    }
    return absl::StrCat(text, "dilation=", Value(operation, "dilation"),
                        ", groups=", Value(operation, "groups"), ")");
  }

  std::string BatchNorm(const Operation& operation) const {
    std::string text = "F.batch_norm(";
    for (const char* name :
         {"input", "running_mean", "running_var", "weight", "bias"}) {
      absl::StrAppend(&text, Value(operation, name), ", ");
    }
    const bool runs =
        std::holds_alternative<Ref>(Find(operation, "running_mean")->value);
    return absl::StrCat(text, runs ? "self.training" : "True", ", ",
                        Value(operation, "momentum"), ", ",
                        Value(operation, "eps"), ")");
  }

  const Trace& trace_;
  const std::vector<std::string> names_;
};

}  // namespace

std::string PythonModule(const Trace& trace, const NetMetadata& metadata) {
  return Writer(trace).Module(metadata);
}

State StateOf(const Trace& trace) {
  State state;
  for (const size_t value : trace.stored) {
    state.Set(trace.values[value].name, trace.values[value].tensor.detach());
  }
  return state;
}

}  // namespace toque
