// Broken examples in the log.

#ifndef TOQUE_FRAMEWORK_LOADER_BROKEN_LOG_H_
#define TOQUE_FRAMEWORK_LOADER_BROKEN_LOG_H_

#include <cstdint>
#include <mutex>
#include <set>
#include <string_view>

#include "framework/status.h"

namespace toque {

// Names each broken example of a data set once, however often it is met. Safe
// to call from several threads.
class BrokenLog {
 public:
  // So many are named, and remembered; of others the metrics tell the number.
  static constexpr size_t kMost = 1000;

  // Warns of example `index`, of which `why` tells all, unless it has before;
  // `fate` says what becomes of it: "left out", or "replaced".
  void Add(int64_t index, const absl::Status& why,
           std::string_view fate = "left out");

 private:
  std::mutex mutex_;
  std::set<int64_t> named_;
};

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_LOADER_BROKEN_LOG_H_
