#include "c10/core/CachingDeviceAllocator.h"
#include "framework/core/hook.h"
#include "plugins/hooks/empty_cache/empty_cache.pb.h"

namespace toque {
namespace {

using Options = recipe::EmptyCache;

class EmptyCache : public Hook {
 public:
  explicit EmptyCache(const Options& options) : options_(options) {}

  absl::Status AfterEpoch(Run& run) override {
    if (options_.when() == Options::AFTER_EPOCH) {
      EmptyAt(run.progress.epoch, run.device);
    }
    return absl::OkStatus();
  }

  absl::Status AfterEvaluation(Run& run) override {
    if (options_.when() == Options::AFTER_EVALUATION) {
      EmptyAt(++evaluations_, run.device);
    }
    return absl::OkStatus();
  }

 private:
  void EmptyAt(int64_t count, at::Device device) const {
    if (device.is_cpu() || count % options_.every() != 0) return;
    c10::getDeviceAllocator(device.type())->emptyCache();
  }

  const Options options_;
  int64_t evaluations_ = 0;
};

Made<Hook> MakeEmptyCache(const Options& options) {
  RETURN_IF_ERROR(AtLeast("every", options.every(), 1));
  return std::make_unique<EmptyCache>(options);
}

TOQUE_PLUGIN(MakeEmptyCache);

}  // namespace
}  // namespace toque
