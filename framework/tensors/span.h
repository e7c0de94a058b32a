// The memory of tensors as spans of numbers, and spans as tensors (recipe R15).

#ifndef TOQUE_FRAMEWORK_TENSORS_SPAN_H_
#define TOQUE_FRAMEWORK_TENSORS_SPAN_H_

#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

#include "ATen/core/Tensor.h"
#include "absl/types/span.h"
#include "framework/status.h"

namespace toque {

// Details of the templates below.
absl::Status CheckSpan(const at::Tensor& tensor, at::ScalarType type,
                       bool written);
absl::StatusOr<at::Tensor> TensorOver(void* numbers, size_t size,
                                      at::IntArrayRef shape,
                                      at::ScalarType type,
                                      std::shared_ptr<const void> owner);

// The elements of `tensor` in row-major order, in its own memory: a write to
// either is seen in both. The span is valid as long as some tensor has that
// memory. With a const T it can't be written.
//
// An error unless the elements are of type T, lie on the CPU without gaps, and,
// where they can be written, require no gradients: autograd would not see it.
template <typename T>
absl::StatusOr<absl::Span<T>> AsSpan(const at::Tensor& tensor) {
  using Number = std::remove_const_t<T>;
  constexpr bool kWritten = !std::is_const_v<T>;
  RETURN_IF_ERROR(
      CheckSpan(tensor, c10::CppTypeToScalarType<Number>::value, kWritten));
  const auto size = static_cast<size_t>(tensor.numel());
  if constexpr (kWritten) {
    return absl::MakeSpan(tensor.mutable_data_ptr<Number>(), size);
  } else {
    return absl::MakeConstSpan(tensor.const_data_ptr<Number>(), size);
  }
}

// A tensor of that shape over `numbers`, which are not copied. It holds `owner`
// as long as its memory is used, by whatever views: give what keeps the numbers
// alive, or null where they live for ever.
//
// An error unless the shape has as many elements as there are numbers.
template <typename T>
absl::StatusOr<at::Tensor> FromSpan(absl::Span<T> numbers,
                                    at::IntArrayRef shape,
                                    std::shared_ptr<const void> owner) {
  static_assert(!std::is_const_v<T>, "a tensor's numbers can be written");
  return TensorOver(numbers.data(), numbers.size(), shape,
                    c10::CppTypeToScalarType<T>::value, std::move(owner));
}

// The same of numbers that the tensor shall own.
template <typename T>
absl::StatusOr<at::Tensor> FromVector(std::vector<T> numbers,
                                      at::IntArrayRef shape) {
  const auto owner = std::make_shared<std::vector<T>>(std::move(numbers));
  return FromSpan(absl::MakeSpan(*owner), shape, owner);
}

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_TENSORS_SPAN_H_
