// Shapes as they must be, checked where a function begins.

#ifndef TOQUE_FRAMEWORK_CORE_CHECK_SHAPE_H_
#define TOQUE_FRAMEWORK_CORE_CHECK_SHAPE_H_

#include "ATen/core/Tensor.h"

namespace toque {

// Any size will do.
inline constexpr int64_t kAny = -1;

// Throws c10::Error "logits must have shape [*, 10], got [8, 4]" unless the
// sizes of `tensor` are `shape`, where kAny stands for any size.
void CheckShape(const at::Tensor& tensor, const char* name,
                at::IntArrayRef shape);
// Throws unless both have the same sizes: no silent broadcast of [N] against
// [N, 1].
void CheckSameShape(const at::Tensor& a, const char* name_a,
                    const at::Tensor& b, const char* name_b);

}  // namespace toque

// CHECK_SHAPE(logits, {kAny, 10}) names the variable in its error.
#define CHECK_SHAPE(tensor, ...) \
  ::toque::CheckShape(tensor, #tensor, __VA_ARGS__)
#define CHECK_SAME_SHAPE(a, b) ::toque::CheckSameShape(a, #a, b, #b)

#endif  // TOQUE_FRAMEWORK_CORE_CHECK_SHAPE_H_
