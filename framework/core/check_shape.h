// Shapes as they must be, checked where a function begins (recipe R93).

#ifndef TOQUE_FRAMEWORK_CORE_CHECK_SHAPE_H_
#define TOQUE_FRAMEWORK_CORE_CHECK_SHAPE_H_

#include <concepts>
#include <initializer_list>
#include <string_view>
#include <utility>

#include "ATen/core/Tensor.h"
#include "c10/util/SmallVector.h"

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

// An axis of a wanted shape: a size, kAny or a name.
struct Axis {
  Axis(std::integral auto size) : size(static_cast<int64_t>(size)) {}
  Axis(const char* name) : name(name) {}

  int64_t size = kAny;
  std::string_view name = {};  // a literal; empty: none
};

// Sizes by the names of axes: the first check that meets a name sets its size,
// and all others must have it. Lives as long as one call of a function.
class Axes {
 public:
  // Throws "labels must have shape [N=8], got [7]".
  void Check(const at::Tensor& tensor, const char* name,
             std::initializer_list<Axis> shape);
  // Of an axis that was met, or kAny.
  int64_t Size(std::string_view name) const;

 private:
  c10::SmallVector<std::pair<std::string_view, int64_t>, 8> sizes_;
};

}  // namespace toque

// CHECK_SHAPE(logits, {kAny, 10}) names the variable in its error.
#define CHECK_SHAPE(tensor, ...) \
  ::toque::CheckShape(tensor, #tensor, __VA_ARGS__)
#define CHECK_SAME_SHAPE(a, b) ::toque::CheckSameShape(a, #a, b, #b)
// Axes axes;
// CHECK_AXES(axes, logits, {"N", 10});
// CHECK_AXES(axes, labels, {"N"});
#define CHECK_AXES(axes, tensor, ...) (axes).Check(tensor, #tensor, __VA_ARGS__)

#endif  // TOQUE_FRAMEWORK_CORE_CHECK_SHAPE_H_
