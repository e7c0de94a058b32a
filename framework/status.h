// Errors as absl::Status: whatever a user, a file or a device can cause.
//
// The text of an error reads `<place>: <plugin>: <what must hold>, got
// <value>`. Who finds a fault writes what must hold; each layer above adds its
// own place with AtPlace and nothing else. Nobody logs an error and returns it
// too.

#ifndef TOQUE_FRAMEWORK_STATUS_H_
#define TOQUE_FRAMEWORK_STATUS_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"

namespace toque {

// A view of `text` as Abseil's own string_view type, which is not the
// standard's in the release we build with.
inline absl::string_view View(std::string_view text) {
  return absl::string_view(text.data(), text.size());
}

// The error of an option or argument: Invalid("size must be at least 1", 0)
// reads "size must be at least 1, got 0".
template <typename Value>
absl::Status Invalid(std::string_view what_must_hold, const Value& value) {
  return absl::InvalidArgumentError(
      absl::StrCat(View(what_must_hold), ", got ", value));
}
inline absl::Status Invalid(std::string_view what_must_hold) {
  return absl::InvalidArgumentError(View(what_must_hold));
}

// The error of data that is broken or has vanished: absl::DataLossError, the
// one code that a loader may be told to pass over.
inline absl::Status Broken(std::string_view reason) {
  return absl::DataLossError(View(reason));
}

// `status` with "place: " before each line of its text; an OK status stays as
// it is.
absl::Status AtPlace(const absl::Status& status, std::string_view place);

// All faults of `faults` as one error, a line each; OK when there are none.
absl::Status Together(const std::vector<absl::Status>& faults);

}  // namespace toque

#define TOQUE_CONCAT_INNER(a, b) a##b
#define TOQUE_CONCAT(a, b) TOQUE_CONCAT_INNER(a, b)

// Returns the status of `expression` from this function unless it is OK.
#define RETURN_IF_ERROR(expression)                           \
  do {                                                        \
    if (absl::Status status_ = (expression); !status_.ok()) { \
      return status_;                                         \
    }                                                         \
  } while (false)

// Assigns the value of a StatusOr to `target`, or returns its status.
#define ASSIGN_OR_RETURN(target, expression) \
  ASSIGN_OR_RETURN_INNER(TOQUE_CONCAT(result_, __LINE__), target, expression)
#define ASSIGN_OR_RETURN_INNER(result, target, expression) \
  auto result = (expression);                              \
  if (!result.ok()) return result.status();                \
  target = *std::move(result)

#endif  // TOQUE_FRAMEWORK_STATUS_H_
