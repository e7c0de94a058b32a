#include "tools/batch_trial.h"

#include <sys/resource.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <limits>
#include <memory>
#include <utility>

#include "ATen/DeviceAccelerator.h"
#include "framework/trainer/trainer.h"

namespace toque {
namespace {

// Interrupts the run after some steps.
class Stopwatch : public Hook {
 public:
  explicit Stopwatch(std::atomic<int>* stop) : stop_(*stop) {}

  absl::Status AfterStep(Run& run) override {
    // Waits for a GPU.
    run.loss.item<double>();
    const auto now = std::chrono::steady_clock::now();
    if (++steps_ == 1) {
      start_ = now;
      examples_before_ = run.examples;
    }
    examples_ = run.examples - examples_before_;
    seconds_ = now - start_;
    if (steps_ == kSteps) stop_ = 1;
    return absl::OkStatus();
  }

  int64_t examples() const { return examples_; }
  double ExamplesPerSecond() const {
    return static_cast<double>(examples_) / seconds_.count();
  }

 private:
  static constexpr int kSteps = 4;

  std::atomic<int>& stop_;
  int steps_ = 0;
  int64_t examples_before_ = 0;
  int64_t examples_ = 0;  // after the first step
  std::chrono::steady_clock::time_point start_;
  std::chrono::duration<double> seconds_{0};
};

// So long a run that no schedule is too long for it, with nothing but training.
void Change(int64_t batch_size, Experiment* experiment) {
  experiment->clear_epochs();
  experiment->clear_fast_dev_run();
  experiment->set_steps(1'000'000'000);
  experiment->mutable_train()->set_batch_size(static_cast<int32_t>(batch_size));
  if (!experiment->has_eval()) return;
  constexpr int32_t kNever = std::numeric_limits<int32_t>::max();
  experiment->mutable_eval()->set_every_epochs(kNever);
}

int64_t PeakBytes(at::Device device) {
  if (!device.is_cpu()) {
    const auto stats = at::accelerator::getDeviceStats(device.index());
    constexpr auto kAll =
        static_cast<size_t>(c10::CachingAllocator::StatType::AGGREGATE);
    return stats.allocated_bytes[kAll].peak;
  }
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss * 1024;
}

}  // namespace

absl::StatusOr<BatchTrial> TryBatch(Experiment experiment, int64_t batch_size,
                                    const Context& context) {
  Change(batch_size, &experiment);
  std::atomic<int> stop = 0;
  TrainerOptions options;
  options.interrupt = &stop;
  ASSIGN_OR_RETURN(const auto trainer,
                   Trainer::Create(experiment, context, options));
  auto made = std::make_unique<Stopwatch>(&stop);
  const Stopwatch& stopwatch = *made;
  trainer->AddHook(std::move(made), "find_batch_size");
  RETURN_IF_ERROR(trainer->Train().status());
  const SectionParts& train = trainer->parts().train;
  return BatchTrial{stopwatch.examples(), stopwatch.ExamplesPerSecond(),
                    PeakBytes(trainer->run().device), train.end - train.begin};
}

absl::Status LimitMemory(int64_t bytes) {
  // Not of address space, which is reserved freely.
  const auto most = static_cast<rlim_t>(bytes);
  const rlimit limit = {most, most};
  if (setrlimit(RLIMIT_DATA, &limit) == 0) return absl::OkStatus();
  return absl::UnavailableError(
      absl::StrCat("memory can't be limited: ", std::strerror(errno)));
}

}  // namespace toque
