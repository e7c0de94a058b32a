// Ranges of options, a line each:
//
//   RETURN_IF_ERROR(Together({AtLeast("lr", options.lr(), 0),
//                             Within("beta1", options.beta1(), 0, 1)}));
//
// reports all faults of a plugin at once. NaN is in no range.

#ifndef TOQUE_FRAMEWORK_CORE_OPTION_CHECKS_H_
#define TOQUE_FRAMEWORK_CORE_OPTION_CHECKS_H_

#include <string_view>
#include <type_traits>

#include "framework/status.h"

namespace toque {

// value >= least.
template <typename Value>
absl::Status AtLeast(std::string_view name, Value value,
                     std::type_identity_t<Value> least) {
  if (value >= least) return absl::OkStatus();
  return Invalid(absl::StrCat(View(name), " must be at least ", least), value);
}

// value > bound.
template <typename Value>
absl::Status Above(std::string_view name, Value value,
                   std::type_identity_t<Value> bound) {
  if (value > bound) return absl::OkStatus();
  return Invalid(absl::StrCat(View(name), " must be above ", bound), value);
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
