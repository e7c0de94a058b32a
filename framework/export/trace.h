// What a model computes, written down operation by operation.

#ifndef TOQUE_FRAMEWORK_EXPORT_TRACE_H_
#define TOQUE_FRAMEWORK_EXPORT_TRACE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "ATen/core/Tensor.h"
#include "framework/status.h"

namespace toque {

class Model;

// A whole number: `value`, or that many times the examples of the batch.
struct Size {
  int64_t value = 0;
  bool per_example = false;
  bool operator==(const Size&) const = default;
};

// A tensor: an entry of Trace::values.
struct Ref {
  size_t value = 0;
  bool operator==(const Ref&) const = default;
};

struct Argument {
  std::string name;  // "stride"
  // Nothing stands for None.
  std::variant<std::monostate, bool, Size, double, std::string, Ref,
               std::vector<Size>, std::vector<double>, std::vector<Ref>>
      value;
  bool is_default = false;  // what the operation takes where it isn't given
  bool by_name = false;     // Python takes it by name alone
};

// A call of an operation of ATen.
struct Operation {
  std::string name;   // "max_pool2d"
  std::string layer;  // path of the block that calls it: "layer1.0"
  std::vector<Argument> arguments;
  std::vector<size_t> outputs;  // entries of Trace::values
  bool gives_list = false;      // its outputs come as one list
};

struct TracedValue {
  std::string name;   // a parameter's or buffer's; "constant_0"; else empty
  at::Tensor tensor;  // of a parameter, buffer or constant
  std::vector<Size> shape;
  at::ScalarType type = at::kFloat;
};

struct Trace {
  std::string model;  // "CifarResNet"
  std::vector<TracedValue> values;
  std::vector<Operation> operations;
  size_t input = 0;  // entries of `values`
  size_t output = 0;
  std::vector<size_t> stored;  // parameters, buffers and constants
};

// What `model` does to a batch of any size of examples like its ExampleShape(),
// in evaluation mode. Errors name the layer and the operation where what is
// done depends on the size of the batch in a way that can't be written down.
absl::StatusOr<Trace> TraceModel(Model& model);

// "layer1.0: max_pool2d".
std::string PlaceOf(const Operation& operation);
// The argument of that name, or null.
const Argument* Find(const Operation& operation, std::string_view name);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_EXPORT_TRACE_H_
