#include "framework/core/check_shape.h"

#include <algorithm>
#include <sstream>

namespace toque {
namespace {

// "N=8", "N", "*" or "10".
std::string TextOf(const Axis& axis, const Axes& axes) {
  std::ostringstream text;
  if (axis.name.empty()) {
    axis.size == kAny ? text << "*" : text << axis.size;
  } else {
    text << axis.name;
    const int64_t size = axes.Size(axis.name);
    if (size != kAny) text << "=" << size;
  }
  return text.str();
}

}  // namespace

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

void Axes::Check(const at::Tensor& tensor, const char* name,
                 std::initializer_list<Axis> shape) {
  const at::IntArrayRef sizes = tensor.sizes();
  const Axes before = *this;
  bool fits = sizes.size() == shape.size();
  for (size_t i = 0; fits && i < shape.size(); ++i) {
    const Axis& axis = shape.begin()[i];
    const int64_t want = axis.name.empty() ? axis.size : Size(axis.name);
    fits = want == kAny || want == sizes[i];
    if (!axis.name.empty() && want == kAny) {
      sizes_.emplace_back(axis.name, sizes[i]);
    }
  }
  if (fits) return;
  std::ostringstream wanted;
  for (const Axis& axis : shape) {
    if (wanted.tellp() > 0) wanted << ", ";
    wanted << TextOf(axis, before);
  }
  *this = before;
  TORCH_CHECK(false, name, " must have shape [", wanted.str(), "], got ",
              sizes);
}

int64_t Axes::Size(std::string_view name) const {
  const auto* found = std::ranges::find(
      sizes_, name, &std::pair<std::string_view, int64_t>::first);
  return found == sizes_.end() ? kAny : found->second;
}

}  // namespace toque
