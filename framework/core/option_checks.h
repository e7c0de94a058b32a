// Ranges of options, a line each:
//
//   RETURN_IF_ERROR(Together({AtLeast("lr", options.lr(), 0),
//                             Within("beta1", options.beta1(), 0, 1)}));
//
// reports all faults of a plugin at once. Neither NaN nor an infinity is in a
// range, but for AboveOrInfinite.

#ifndef TOQUE_FRAMEWORK_CORE_OPTION_CHECKS_H_
#define TOQUE_FRAMEWORK_CORE_OPTION_CHECKS_H_

#include <limits>
#include <string_view>
#include <type_traits>

#include "framework/status.h"

namespace toque {

// Whether a value is too great for any range.
template <typename Value>
bool IsInfinite(Value value) {
  return std::numeric_limits<Value>::has_infinity &&
         value == std::numeric_limits<Value>::infinity();
}

// value >= least.
template <typename Value>
absl::Status AtLeast(std::string_view name, Value value,
                     std::type_identity_t<Value> least) {
  if (value >= least && !IsInfinite(value)) return absl::OkStatus();
  return Invalid(
      absl::StrCat(View(name), " must be ",
                   IsInfinite(value) ? "finite and " : "", "at least ", least),
      value);
}

// value > bound.
template <typename Value>
absl::Status Above(std::string_view name, Value value,
                   std::type_identity_t<Value> bound) {
  if (value > bound && !IsInfinite(value)) return absl::OkStatus();
  return Invalid(
      absl::StrCat(View(name), " must be ",
                   IsInfinite(value) ? "finite and " : "", "above ", bound),
      value);
}

// value > bound, where an infinity has a meaning.
template <typename Value>
absl::Status AboveOrInfinite(std::string_view name, Value value,
                             std::type_identity_t<Value> bound) {
  return IsInfinite(value) ? absl::OkStatus() : Above(name, value, bound);
}

// least <= value <= most.
template <typename Value>
absl::Status Between(std::string_view name, Value value,
                     std::type_identity_t<Value> least,
                     std::type_identity_t<Value> most) {
  if (value >= least && value <= most) return absl::OkStatus();
  return Invalid(
      absl::StrCat(View(name), " must be from ", least, " to ", most), value);
}

// least <= value < bound.
template <typename Value>
absl::Status Within(std::string_view name, Value value,
                    std::type_identity_t<Value> least,
                    std::type_identity_t<Value> bound) {
  if (value >= least && value < bound) return absl::OkStatus();
  return Invalid(absl::StrCat(View(name), " must be at least ", least,
                              " and below ", bound),
                 value);
}

// An option without default: Given("images", options.has_images()).
inline absl::Status Given(std::string_view name, bool given) {
  if (given) return absl::OkStatus();
  return Invalid(absl::StrCat(View(name), " must be given"));
}

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_CORE_OPTION_CHECKS_H_
