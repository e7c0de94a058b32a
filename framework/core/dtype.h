// Element types by their names in options.

#ifndef TOQUE_FRAMEWORK_CORE_DTYPE_H_
#define TOQUE_FRAMEWORK_CORE_DTYPE_H_

#include "c10/core/ScalarType.h"
#include "framework/options.pb.h"

namespace toque {

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

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_CORE_DTYPE_H_
