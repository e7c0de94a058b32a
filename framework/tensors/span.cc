#include "framework/tensors/span.h"

#include "ATen/ops/from_blob.h"
#include "framework/core/dtype.h"
#include "framework/tensors/describe.h"

namespace toque {
namespace {

// Whether a shape has `size` elements, without overflow.
bool HasElements(at::IntArrayRef shape, size_t size) {
  size_t elements = 1;
  for (const int64_t extent : shape) {
    if (extent < 0) return false;
    if (__builtin_mul_overflow(elements, static_cast<size_t>(extent),
                               &elements)) {
      return false;
    }
  }
  return elements == size;
}

}  // namespace

absl::Status CheckSpan(const at::Tensor& tensor, at::ScalarType type,
                       bool written) {
  const std::string got = Describe(tensor);
  if (!tensor.defined() || tensor.scalar_type() != type) {
    return Invalid(absl::StrCat("a span of ", DTypeName(type),
                                " needs a tensor of that type"),
                   got);
  }
  if (!tensor.device().is_cpu()) {
    return Invalid("a span needs a tensor on the CPU", got);
  }
  if (tensor.layout() != at::kStrided || !tensor.is_contiguous()) {
    return Invalid("a span needs a tensor that is contiguous", got);
  }
  if (written && tensor.requires_grad()) {
    return Invalid(
        "a span that can be written needs a tensor that requires no gradients, "
        "as detach() gives",
        got);
  }
  return absl::OkStatus();
}

absl::StatusOr<at::Tensor> TensorOver(void* numbers, size_t size,
                                      at::IntArrayRef shape,
                                      at::ScalarType type,
                                      std::shared_ptr<const void> owner) {
  if (!HasElements(shape, size)) {
    return Invalid(
        absl::StrCat("a shape needs as many elements as there are numbers, ",
                     size),
        ShapeText(shape));
  }
  // The deleter has nothing to do but to hold the owner.
  return at::from_blob(
      numbers, shape, [owner = std::move(owner)](void*) {},
      at::TensorOptions(type));
}

}  // namespace toque
