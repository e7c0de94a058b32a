#include "framework/loader/broken_log.h"

#include "glog/logging.h"

namespace toque {

void BrokenLog::Add(int64_t index, const absl::Status& why,
                    std::string_view fate) {
  const std::lock_guard lock(mutex_);
  if (named_.size() >= kMost || !named_.insert(index).second) return;
  LOG(WARNING) << fate << ": " << why.message();
  LOG_IF(WARNING, named_.size() == kMost)
      << fate << ": " << kMost
      << " broken examples so far; no more of them are named";
}

}  // namespace toque
