#include "framework/core/check_shape.h"

#include <algorithm>
#include <sstream>

namespace toque {

void CheckShape(const at::Tensor& tensor, const char* name,
                at::IntArrayRef shape) {
  const at::IntArrayRef sizes = tensor.sizes();
  const bool fits = std::equal(
      sizes.begin(), sizes.end(), shape.begin(), shape.end(),
      [](int64_t size, int64_t want) { return want == kAny || size == want; });
  if (fits) return;
  std::ostringstream wanted;
  for (const int64_t size : shape) {
    if (wanted.tellp() > 0) wanted << ", ";
    size == kAny ? wanted << "*" : wanted << size;
  }
  TORCH_CHECK(false, name, " must have shape [", wanted.str(), "], got ",
              sizes);
}

void CheckSameShape(const at::Tensor& a, const char* name_a,
                    const at::Tensor& b, const char* name_b) {
  TORCH_CHECK(a.sizes() == b.sizes(), name_a, " and ", name_b,
              " must have the same shape, got ", a.sizes(), " and ", b.sizes());
}

}  // namespace toque
