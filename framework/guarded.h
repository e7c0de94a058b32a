// Where exceptions end.

#ifndef TOQUE_FRAMEWORK_GUARDED_H_
#define TOQUE_FRAMEWORK_GUARDED_H_

#include <exception>

#include "absl/status/status.h"
#include "c10/util/Exception.h"

namespace toque {

// What `work` returns, a Status or StatusOr; an exception that a plugin or a
// library throws becomes an error.
template <typename Work>
auto Guarded(const Work& work) -> decltype(work()) {
  try {
    return work();
  } catch (const c10::Error& error) {
    return absl::InvalidArgumentError(error.what_without_backtrace());
  } catch (const std::exception& error) {
    return absl::InvalidArgumentError(error.what());
  }
}

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_GUARDED_H_
