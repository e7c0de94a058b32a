// Element types by their names, in text and in options.

#ifndef TOQUE_FRAMEWORK_CORE_DTYPE_H_
#define TOQUE_FRAMEWORK_CORE_DTYPE_H_

#include <string>
#include <string_view>

#include "c10/core/ScalarType.h"
#include "framework/options.pb.h"
#include "framework/status.h"

namespace toque {

// LibTorch's name of it; kFloat of a value outside the enum, which no file that
// parses holds.
inline at::ScalarType ScalarTypeOf(DType type) {
  switch (type) {
    case FLOAT32:
      return at::kFloat;
    case FLOAT64:
      return at::kDouble;
    case BFLOAT16:
      return at::kBFloat16;
    case FLOAT16:
      return at::kHalf;
    case INT64:
      return at::kLong;
    case INT32:
      return at::kInt;
    case UINT8:
      return at::kByte;
  }
  return at::kFloat;
}

// The name that Python has for it (recipe R09): "float32", "bfloat16", "int8",
// "bool"; "undefined" for that of no tensor.
std::string DTypeName(at::ScalarType type);

// The type of that name, or of one that Python has besides: "float", "double",
// "half", "long", "int", "short". An error that suggests the nearest name where
// there is none.
absl::StatusOr<at::ScalarType> ParseDType(std::string_view name);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_CORE_DTYPE_H_
