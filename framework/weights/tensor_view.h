// Tensors that are views of a file's bytes.

#ifndef TOQUE_FRAMEWORK_WEIGHTS_TENSOR_VIEW_H_
#define TOQUE_FRAMEWORK_WEIGHTS_TENSOR_VIEW_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "ATen/core/Tensor.h"
#include "framework/status.h"

namespace toque {

// Some of the bytes that a tensor (uint8 [n]) keeps alive.
struct Bytes {
  at::Tensor owner;
  std::string_view view;
};

inline std::string_view TextOf(const at::Tensor& bytes) {
  return {static_cast<const char*>(bytes.const_data_ptr()), bytes.nbytes()};
}

// The same bytes where elements of any type may lie, copied if they must be.
Bytes Aligned(const Bytes& bytes);

// The tensor that begins `offset` elements into `storage`. Everything is
// checked: sizes and strides of at least 0, at most 64 dimensions, every
// element inside, truth values 0 or 1, and at most 2^20 elements where several
// of them share their bytes.
absl::StatusOr<at::Tensor> TensorIn(const Bytes& storage, at::ScalarType type,
                                    int64_t offset,
                                    const std::vector<int64_t>& sizes,
                                    const std::vector<int64_t>& strides);

// Strides of rows that lie one after the other, or of columns. An error for
// sizes below 0 or whose product has more than 63 bits.
absl::StatusOr<std::vector<int64_t>> DenseStrides(
    const std::vector<int64_t>& sizes, bool columns);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_WEIGHTS_TENSOR_VIEW_H_
