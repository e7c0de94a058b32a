#include "tools/loader_sweep.h"

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstddef>

#include "absl/functional/function_ref.h"
#include "framework/guarded.h"

namespace toque {
namespace {

double WallSeconds() {
  return std::chrono::duration<double>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

double CpuSeconds() {
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) +
           static_cast<double>(time.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// Whether an image still is the bytes of a file, with all changes noted alone.
bool IsEncoded(const Example& example) {
  for (const auto& view : example.images) {
    for (const Image& image : view) {
      if (!image.encoded().empty()) return true;
    }
  }
  return false;
}

// Does the loader's work on one example at a time, and times it.
class StageTimer {
 public:
  StageTimer(const LoaderOptions& options, const Clocks& clocks)
      : options_(options),
        clocks_(clocks),
        seconds_(options.transforms.size() + 2) {}

  // Nothing is counted of an example that can't be made.
  absl::Status Measure(int64_t index) {
    spent_.assign(seconds_.size(), 0);
    RETURN_IF_ERROR(Make(index));
    for (size_t i = 0; i < seconds_.size(); ++i) seconds_[i] += spent_[i];
    ++measured_;
    return absl::OkStatus();
  }

  int64_t measured() const { return measured_; }
  // Of stage `i`, per example.
  double seconds(size_t i) const {
    return seconds_[i] / static_cast<double>(measured_);
  }

 private:
  absl::Status Make(int64_t index) {
    const size_t last = seconds_.size() - 1;
    example_.index = index;
    Rng rng(options_.seed, 0, static_cast<uint64_t>(index),
            static_cast<uint64_t>(Stream::kRead));
    RETURN_IF_ERROR(Spend(
        0, [&] { return options_.dataset->Read(index, rng, &example_); }));
    ASSIGN_OR_RETURN(const size_t decoding, FirstThatDecodes());
    for (size_t i = 0; i < options_.transforms.size(); ++i) {
      if (i == decoding) RETURN_IF_ERROR(Spend(last, [&] { return Decode(); }));
      RETURN_IF_ERROR(Spend(i + 1, [&] { return Apply(i, example_); }));
    }
    return Spend(last, [&] { return Write(); });
  }

  // Does `work`, and adds its time to that of the stage.
  absl::Status Spend(size_t stage, absl::FunctionRef<absl::Status()> work) {
    const double start = clocks_.wall();
    const absl::Status status = work();
    spent_[stage] += clocks_.wall() - start;
    return status;
  }

  absl::Status Apply(size_t i, Example& example) const {
    Rng rng(options_.seed, 0, static_cast<uint64_t>(example.index),
            static_cast<uint64_t>(Stream::kTransform) + i);
    return options_.transforms[i]->Apply(example, rng);
  }

  // The first transform that changes pixels, for which a file is decoded and
  // what was noted is done; behind the last one where all is noted. Found on a
  // copy, with the same draws.
  absl::StatusOr<size_t> FirstThatDecodes() {
    const size_t count = options_.transforms.size();
    if (!IsEncoded(example_)) return count;
    trial_ = example_;
    for (size_t i = 0; i < count; ++i) {
      RETURN_IF_ERROR(Apply(i, trial_));
      if (!IsEncoded(trial_)) return i;
    }
    return count;
  }

  // A fault is met again by what needs the pixels.
  absl::Status Decode() {
    for (auto& view : example_.images) {
      for (Image& image : view) image.Edit().IgnoreError();
    }
    return absl::OkStatus();
  }

  absl::Status Write() {
    for (const auto& view : example_.images) {
      for (const Image& image : view) {
        const auto bytes =
            static_cast<size_t>(image.elements()) * sizeof(float);
        if (row_.size() < bytes) row_.resize(bytes);
        RETURN_IF_ERROR(image.Write(row_.data(), options_.pixels));
      }
    }
    return absl::OkStatus();
  }

  const LoaderOptions& options_;
  const Clocks& clocks_;
  Example example_;
  Example trial_;
  std::vector<std::byte> row_;
  std::vector<double> spent_;    // on each stage of one example
  std::vector<double> seconds_;  // on each stage in all
  int64_t measured_ = 0;
};

}  // namespace

Clocks Clocks::OfTheMachine() { return {WallSeconds, CpuSeconds}; }

absl::StatusOr<LoaderRate> MeasureRate(Loader& loader, int threads,
                                       double seconds, const Clocks& clocks) {
  Batch batch;
  RETURN_IF_ERROR(loader.Next(&batch));
  const double start = clocks.wall();
  const double cpu = clocks.cpu();
  double passed = 0;
  int64_t examples = 0;
  do {
    RETURN_IF_ERROR(loader.Next(&batch));
    examples += static_cast<int64_t>(batch.index.size());
    passed = clocks.wall() - start;
  } while (passed < seconds);
  const auto count = static_cast<double>(examples);
  return LoaderRate{threads, count / passed, (clocks.cpu() - cpu) / count};
}

std::vector<int> ThreadsToTry(int most) {
  std::vector<int> threads;
  for (int next = 1; next < most; next += std::max(1, next / 3)) {
    threads.push_back(next);
  }
  threads.push_back(most);
  return threads;
}

LoaderRate BestRate(const std::vector<LoaderRate>& rates, double tolerance) {
  double highest = 0;
  for (const LoaderRate& rate : rates) {
    highest = std::max(highest, rate.examples_per_second);
  }
  LoaderRate best;
  for (const LoaderRate& rate : rates) {
    const bool fast = rate.examples_per_second >= (1 - tolerance) * highest;
    const bool fewer = best.threads == 0 || rate.threads < best.threads;
    if (fast && fewer) best = rate;
  }
  return best;
}

absl::StatusOr<std::vector<StageTime>> MeasureStages(
    const LoaderOptions& options, int64_t count, const Clocks& clocks) {
  StageTimer timer(options, clocks);
  count = std::min(count, options.end - options.begin);
  for (int64_t index = options.begin; index < options.begin + count; ++index) {
    const absl::Status status = Guarded([&] { return timer.Measure(index); });
    const bool ends = options.on_broken == OnBroken::kFail;
    if (status.ok() || (absl::IsDataLoss(status) && !ends)) continue;
    return AtPlace(status, options.dataset->Name(index));
  }
  if (timer.measured() == 0) {
    return absl::DataLossError("no example of the section can be read");
  }
  std::vector<StageTime> stages = {{"read", timer.seconds(0)}};
  for (const std::string& name : options.transform_names) {
    stages.push_back({name, timer.seconds(stages.size())});
  }
  stages.push_back({"decode and write", timer.seconds(stages.size())});
  return stages;
}

const StageTime& Bottleneck(const std::vector<StageTime>& stages) {
  return *std::max_element(stages.begin(), stages.end(),
                           [](const StageTime& a, const StageTime& b) {
                             return a.seconds < b.seconds;
                           });
}

}  // namespace toque
