// How much memory tensors take.

#ifndef TOQUE_FRAMEWORK_TENSORS_LIVE_BYTES_H_
#define TOQUE_FRAMEWORK_TENSORS_LIVE_BYTES_H_

#include <algorithm>
#include <cstdint>
#include <memory>

#include "c10/core/Allocator.h"
#include "c10/util/ThreadLocalDebugInfo.h"

namespace toque {

// Counts the memory of the CPU tensors that this thread makes while it lives;
// of several only the newest counts.
class LiveBytes {
 public:
  LiveBytes()
      : count_(std::make_shared<Count>()),
        counted_(c10::DebugInfoKind::PROFILER_STATE, count_) {}

  // What was made and is still there.
  int64_t bytes() const { return count_->now; }
  int64_t kib() const { return count_->now / 1024; }
  // The most that there was at once.
  int64_t peak_kib() const { return count_->peak / 1024; }

 private:
  struct Count : c10::MemoryReportingInfoBase {
    void reportMemoryUsage(void* /*memory*/, int64_t size, size_t /*allocated*/,
                           size_t /*reserved*/,
                           at::Device /*device*/) override {
      now += size;
      peak = std::max(peak, now);
    }
    bool memoryProfilingEnabled() const override { return true; }

    int64_t now = 0;
    int64_t peak = 0;
  };

  std::shared_ptr<Count> count_;
  c10::DebugInfoGuard counted_;
};

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_TENSORS_LIVE_BYTES_H_
