// What operations are written to ONNX with; for onnx.cc and onnx_*.cc.

#ifndef TOQUE_FRAMEWORK_EXPORT_ONNX_WRITER_H_
#define TOQUE_FRAMEWORK_EXPORT_ONNX_WRITER_H_

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "framework/export/onnx.pb.h"
#include "framework/export/trace.h"

namespace toque {

// The nodes of a graph, added one after the other.
class OnnxWriter {
 public:
  using Value =
      std::variant<int64_t, double, std::string, std::vector<int64_t>>;
  using Attributes = std::vector<std::pair<std::string, Value>>;

  OnnxWriter(const Trace& trace, onnx::GraphProto* graph);

  // Nodes from now on are called after this operation.
  void Begin(const Operation& operation) { operation_ = &operation; }
  const Operation& operation() const { return *operation_; }

  // Adds a node; the name of its result: the one given, or a new one.
  std::string Node(const std::string& type, std::vector<std::string> inputs,
                   const Attributes& attributes = {}, std::string result = "");
  // As Node, of so many new results.
  std::vector<std::string> Nodes(const std::string& type,
                                 std::vector<std::string> inputs,
                                 const Attributes& attributes, size_t results);
  // As Node, of the operation's own result, or another of several.
  absl::Status Result(const std::string& type, std::vector<std::string> inputs,
                      const Attributes& attributes = {}, size_t result = 0);
  // A node with all of the operation's results.
  absl::Status Results(const std::string& type, std::vector<std::string> inputs,
                       const Attributes& attributes);

  // Names of constants; a number has the type of the operation's result.
  std::string Constant(const at::Tensor& tensor);
  std::string Integers(const std::vector<int64_t>& values);
  std::string Integer(int64_t value);
  std::string Number(double value);
  // The name of int64 [n], made at run time where the batch's size is in it.
  std::string Sizes(const std::vector<Size>& sizes);

  // The operation's arguments. Those that read a type throw where they are not
  // given or not of it.
  bool Has(std::string_view argument) const;  // given, and not None
  std::string Tensor(std::string_view argument) const;
  std::vector<std::string> Tensors(std::string_view argument) const;
  int64_t Int(std::string_view argument) const;
  double Double(std::string_view argument) const;  // of a whole number, too
  bool Bool(std::string_view argument) const;
  std::vector<int64_t> Ints(std::string_view argument) const;
  // A tensor or, as a constant, a number.
  std::string Operand(std::string_view argument);

  const TracedValue& ValueOf(std::string_view argument) const;
  std::vector<TracedValue> ValuesOf(std::string_view argument) const;
  const std::vector<Size>& Shape(std::string_view argument) const;
  const std::vector<Size>& ResultShape(size_t result = 0) const;
  // A dimension of the tensor `argument`, counted from its begin.
  int64_t Dimension(std::string_view argument, int64_t dimension) const;

  void AddConstant(const std::string& name, const at::Tensor& tensor);

 private:
  template <typename Type>
  const Type& Get(std::string_view argument) const;

  const Trace& trace_;
  onnx::GraphProto* const graph_;
  const std::vector<std::string> names_;
  const Operation* operation_ = nullptr;
  int made_ = 0;
};

// Writes the operation that has begun.
using OnnxOperation = absl::Status (*)(OnnxWriter& writer);
using OnnxOperations = std::map<std::string, OnnxOperation>;

// By ATen's name.
const OnnxOperations& OnnxLayers();  // convolutions, linear, attention
const OnnxOperations& OnnxNorms();
const OnnxOperations& OnnxPooling();
const OnnxOperations& OnnxRecurrent();
const OnnxOperations& OnnxFunctions();  // of each value, or of two tensors'
const OnnxOperations& OnnxShapes();     // that move values

onnx::TensorProto::DataType OnnxType(at::ScalarType type);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_EXPORT_ONNX_WRITER_H_
