// Where exceptions end.

#ifndef TOQUE_FRAMEWORK_GUARDED_H_
#define TOQUE_FRAMEWORK_GUARDED_H_

#include <exception>

#include "absl/status/status.h"

namespace toque {

// What `work` returns, a Status or StatusOr; an exception that a plugin or a
// library throws becomes an error.
template <typename Work>
auto Guarded(const Work& work) -> decltype(work()) {
  try {
    return work();
  } catch (const std::exception& error) {
    return absl::InternalError(error.what());
  }
}

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_GUARDED_H_
