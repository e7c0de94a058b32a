#include "tools/time_split.h"

#include <chrono>
#include <utility>

#include "ATen/Context.h"
#include "ATen/DeviceAccelerator.h"

namespace toque {

std::string_view NameOf(Spent spent) {
  switch (spent) {
    case Spent::kLoad:
      return "load";
    case Spent::kPlace:
      return "to device";
    case Spent::kForward:
      return "forward";
    case Spent::kBackward:
      return "backward";
    case Spent::kStep:
      return "step";
    case Spent::kOther:
      return "other";
  }
  return "other";
}

double TimeSplit::Now() {
  if (at::globalContext().hasCUDA()) {
    at::accelerator::synchronizeDevice(at::accelerator::getDeviceIndex());
  }
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double>(now).count();
}

void TimeSplit::Begin() {
  seconds_ = {};
  begin_ = last_ = clock_();
}

void TimeSplit::Spend(Spent spent) {
  const double now = clock_();
  seconds_[static_cast<size_t>(spent)] += now - std::exchange(last_, now);
}

namespace {

class Splitter : public Hook {
 public:
  Splitter(int64_t skipped, TimeSplit* split)
      : skipped_(skipped), split_(*split) {}

  absl::Status BeforeTraining(Run&) override {
    split_.Begin();
    return absl::OkStatus();
  }
  // Asked just before the forward; looks at nothing, so that layers work in
  // place as ever.
  Observer* Observes(const Run& run) override {
    if (run.phase == Phase::kTrain) split_.Spend(Spent::kPlace);
    return nullptr;
  }
  absl::Status AfterForward(Run& run) override {
    return run.phase == Phase::kTrain ? End(Spent::kForward) : absl::OkStatus();
  }
  absl::Status AfterBackward(Run&) override { return End(Spent::kBackward); }
  absl::Status AfterStep(Run& run) override {
    split_.Spend(Spent::kStep);
    if (run.progress.step == skipped_) split_.Begin();
    return absl::OkStatus();
  }

 private:
  absl::Status End(Spent spent) {
    split_.Spend(spent);
    return absl::OkStatus();
  }

  const int64_t skipped_;
  TimeSplit& split_;
};

class SplitLoader : public Loader {
 public:
  SplitLoader(std::unique_ptr<Loader> loader, TimeSplit* split)
      : loader_(std::move(loader)), split_(*split) {}

  absl::Status Next(Batch* batch) override {
    split_.Spend(Spent::kOther);
    const absl::Status status = loader_->Next(batch);
    split_.Spend(Spent::kLoad);
    return status;
  }
  int64_t broken() const override { return loader_->broken(); }
  int64_t batches_per_epoch() const override {
    return loader_->batches_per_epoch();
  }
  int64_t examples_per_epoch() const override {
    return loader_->examples_per_epoch();
  }
  int64_t allocations() const override { return loader_->allocations(); }

 private:
  const std::unique_ptr<Loader> loader_;
  TimeSplit& split_;
};

}  // namespace

std::unique_ptr<Hook> SplittingHook(int64_t skipped, TimeSplit* split) {
  return std::make_unique<Splitter>(skipped, split);
}

std::unique_ptr<Loader> SplittingLoader(std::unique_ptr<Loader> loader,
                                        TimeSplit* split) {
  return std::make_unique<SplitLoader>(std::move(loader), split);
}

}  // namespace toque
