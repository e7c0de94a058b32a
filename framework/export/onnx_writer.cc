#include "framework/export/onnx_writer.h"

#include <algorithm>
#include <utility>

#include "ATen/ops/full.h"
#include "ATen/ops/tensor.h"
#include "c10/util/Exception.h"
#include "framework/export/value_names.h"

namespace toque {
namespace {

std::vector<std::string> NamesInOnnx(const Trace& trace) {
  std::vector<std::string> names = NamesOf(trace);
  names[trace.input] = "input";
  names[trace.output] = "output";
  return names;
}

onnx::AttributeProto AttributeOf(const std::string& name,
                                 const OnnxWriter::Value& value) {
  onnx::AttributeProto attribute;
  attribute.set_name(name);
  if (const auto* integer = std::get_if<int64_t>(&value)) {
    attribute.set_type(onnx::AttributeProto::INT);
    attribute.set_i(*integer);
  } else if (const auto* number = std::get_if<double>(&value)) {
    attribute.set_type(onnx::AttributeProto::FLOAT);
    attribute.set_f(static_cast<float>(*number));
  } else if (const auto* text = std::get_if<std::string>(&value)) {
    attribute.set_type(onnx::AttributeProto::STRING);
    attribute.set_s(*text);
  } else {
    attribute.set_type(onnx::AttributeProto::INTS);
    for (const int64_t one : std::get<std::vector<int64_t>>(value)) {
      attribute.add_ints(one);
    }
  }
  return attribute;
}

// Operations of one name differ in what their arguments are.
template <typename Type>
const Type& Given(const Type* value, std::string_view argument) {
  TORCH_CHECK(value != nullptr, "can't be written as ONNX with such a ",
              argument);
  return *value;
}

}  // namespace

onnx::TensorProto::DataType OnnxType(at::ScalarType type) {
  switch (type) {
    case at::kFloat:
      return onnx::TensorProto::FLOAT;
    case at::kDouble:
      return onnx::TensorProto::DOUBLE;
    case at::kHalf:
      return onnx::TensorProto::FLOAT16;
    case at::kBFloat16:
      return onnx::TensorProto::BFLOAT16;
    case at::kLong:
      return onnx::TensorProto::INT64;
    case at::kInt:
      return onnx::TensorProto::INT32;
    case at::kByte:
      return onnx::TensorProto::UINT8;
    case at::kChar:
      return onnx::TensorProto::INT8;
    case at::kBool:
      return onnx::TensorProto::BOOL;
    default:
      return onnx::TensorProto::UNDEFINED;
  }
}

OnnxWriter::OnnxWriter(const Trace& trace, onnx::GraphProto* graph)
    : trace_(trace), graph_(graph), names_(NamesInOnnx(trace)) {}

std::string OnnxWriter::Node(const std::string& type,
                             std::vector<std::string> inputs,
                             const Attributes& attributes, std::string result) {
  const int count = graph_->node_size();
  onnx::NodeProto& node = *graph_->add_node();
  node.set_op_type(type);
  node.set_name(absl::StrCat(PlaceOf(*operation_), ": ", type, "_", count));
  for (std::string& input : inputs) node.add_input(std::move(input));
  for (const auto& [name, value] : attributes) {
    *node.add_attribute() = AttributeOf(name, value);
  }
  if (result.empty()) result = absl::StrCat("#", made_++);
  node.add_output(result);
  return result;
}

std::vector<std::string> OnnxWriter::Nodes(const std::string& type,
                                           std::vector<std::string> inputs,
                                           const Attributes& attributes,
                                           size_t results) {
  std::vector<std::string> names = {Node(type, std::move(inputs), attributes)};
  onnx::NodeProto& node = *graph_->mutable_node(graph_->node_size() - 1);
  while (names.size() < results) {
    names.push_back(absl::StrCat("#", made_++));
    node.add_output(names.back());
  }
  return names;
}

absl::Status OnnxWriter::Result(const std::string& type,
                                std::vector<std::string> inputs,
                                const Attributes& attributes, size_t result) {
  Node(type, std::move(inputs), attributes,
       names_[operation_->outputs[result]]);
  return absl::OkStatus();
}

absl::Status OnnxWriter::Results(const std::string& type,
                                 std::vector<std::string> inputs,
                                 const Attributes& attributes) {
  RETURN_IF_ERROR(Result(type, std::move(inputs), attributes));
  onnx::NodeProto& node = *graph_->mutable_node(graph_->node_size() - 1);
  for (size_t i = 1; i < operation_->outputs.size(); ++i) {
    node.add_output(names_[operation_->outputs[i]]);
  }
  return absl::OkStatus();
}

void OnnxWriter::AddConstant(const std::string& name,
                             const at::Tensor& tensor) {
  const at::Tensor dense =
      tensor.detach().cpu().resolve_conj().resolve_neg().contiguous();
  onnx::TensorProto& proto = *graph_->add_initializer();
  proto.set_name(name);
  proto.set_data_type(OnnxType(dense.scalar_type()));
  for (const int64_t size : dense.sizes()) proto.add_dims(size);
  proto.set_raw_data(dense.const_data_ptr(), dense.nbytes());
}

std::string OnnxWriter::Constant(const at::Tensor& tensor) {
  const std::string name = absl::StrCat("#", made_++);
  AddConstant(name, tensor);
  return name;
}

std::string OnnxWriter::Integers(const std::vector<int64_t>& values) {
  return Constant(at::tensor(values, at::kLong));
}

std::string OnnxWriter::Integer(int64_t value) {
  return Constant(at::full({}, value, at::kLong));
}

std::string OnnxWriter::Number(double value) {
  const auto type = trace_.values[operation_->outputs[0]].type;
  return Constant(at::full({}, value, type));
}

std::string OnnxWriter::Sizes(const std::vector<Size>& sizes) {
  std::vector<int64_t> fixed;
  std::vector<std::string> parts;
  for (const Size& size : sizes) {
    fixed.push_back(size.value);
    if (!size.per_example) {
      parts.push_back(Integers({size.value}));
      continue;
    }
    const std::string batch =
        Node("Gather", {Node("Shape", {names_[trace_.input]}), Integers({0})});
    parts.push_back(
        size.value == 1 ? batch : Node("Mul", {batch, Integers({size.value})}));
  }
  const bool open = std::ranges::any_of(sizes, &Size::per_example);
  return open ? Node("Concat", parts, {{"axis", int64_t{0}}}) : Integers(fixed);
}

template <typename Type>
const Type& OnnxWriter::Get(std::string_view argument) const {
  const Argument& given = Given(Find(*operation_, argument), argument);
  return Given(std::get_if<Type>(&given.value), argument);
}

bool OnnxWriter::Has(std::string_view argument) const {
  const Argument* found = Find(*operation_, argument);
  return found != nullptr &&
         !std::holds_alternative<std::monostate>(found->value);
}

std::string OnnxWriter::Tensor(std::string_view argument) const {
  return names_[Get<Ref>(argument).value];
}

std::vector<std::string> OnnxWriter::Tensors(std::string_view argument) const {
  std::vector<std::string> names;
  for (const Ref& ref : Get<std::vector<Ref>>(argument)) {
    names.push_back(names_[ref.value]);
  }
  return names;
}

int64_t OnnxWriter::Int(std::string_view argument) const {
  return Get<Size>(argument).value;
}

double OnnxWriter::Double(std::string_view argument) const {
  const Argument& given = Given(Find(*operation_, argument), argument);
  const auto* size = std::get_if<Size>(&given.value);
  return size != nullptr ? static_cast<double>(size->value)
                         : Get<double>(argument);
}

bool OnnxWriter::Bool(std::string_view argument) const {
  return Get<bool>(argument);
}

std::vector<int64_t> OnnxWriter::Ints(std::string_view argument) const {
  std::vector<int64_t> values;
  for (const Size& size : Get<std::vector<Size>>(argument)) {
    values.push_back(size.value);
  }
  return values;
}

std::string OnnxWriter::Operand(std::string_view argument) {
  const Argument& given = Given(Find(*operation_, argument), argument);
  const bool tensor = std::holds_alternative<Ref>(given.value);
  return tensor ? Tensor(argument) : Number(Double(argument));
}

const TracedValue& OnnxWriter::ValueOf(std::string_view argument) const {
  return trace_.values[Get<Ref>(argument).value];
}

std::vector<TracedValue> OnnxWriter::ValuesOf(std::string_view argument) const {
  std::vector<TracedValue> values;
  for (const Ref& ref : Get<std::vector<Ref>>(argument)) {
    values.push_back(trace_.values[ref.value]);
  }
  return values;
}

const std::vector<Size>& OnnxWriter::Shape(std::string_view argument) const {
  return ValueOf(argument).shape;
}

const std::vector<Size>& OnnxWriter::ResultShape(size_t result) const {
  return trace_.values[operation_->outputs[result]].shape;
}

int64_t OnnxWriter::Dimension(std::string_view argument,
                              int64_t dimension) const {
  const auto rank = static_cast<int64_t>(Shape(argument).size());
  return dimension < 0 ? dimension + rank : dimension;
}

}  // namespace toque
