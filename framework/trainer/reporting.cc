// What a trainer reports: the log of training and evaluations.

#include <string>
#include <utility>

#include "ATen/core/Tensor.h"
#include "absl/strings/str_format.h"
#include "framework/core/metric.h"
#include "framework/parts/device.h"
#include "framework/trainer/trainer.h"
#include "glog/logging.h"

namespace toque {

// Ends a log interval.
absl::Status Trainer::Log() {
  if (losses_.empty()) return absl::OkStatus();
  const LossLog::Reading reading = losses_.Read();
  RETURN_IF_ERROR(CheckFinite(reading));
  const auto now = std::chrono::steady_clock::now();
  const std::chrono::duration<double> seconds =
      now - std::exchange(interval_start_, now);
  run_.metrics["loss/train"] = reading.mean;
  for (const Group& group : run_.groups) {
    run_.metrics["lr/" + group.name] = group.lr;
  }
  run_.metrics["examples_per_second"] =
      static_cast<double>(reading.examples) / seconds.count();
  run_.metrics["memory_mib"] = PeakMemoryMib(run_.device);
  const int64_t broken = loader_->broken();
  ReportBroken("train", broken - std::exchange(broken_, broken));
  stepper_->Report(&run_.metrics);
  for (auto& [name, added] : run_.added) {
    run_.metrics[name + "/train"] =
        added.sum.item<double>() / static_cast<double>(added.count);
  }
  run_.added.clear();
  RETURN_IF_ERROR(CallHooks(parts_, &Hook::Report, run_));
  RETURN_IF_ERROR(metrics_log_.Append(run_.progress, Reported(run_)));
  return CallHooks(parts_, &Hook::AfterLog, run_);
}

absl::Status Trainer::CheckFinite(const LossLog::Reading& reading) {
  if (!reading.first_bad) return absl::OkStatus();
  const std::string what = absl::StrFormat(
      "step %d: the loss must be finite, got %g at rate %g",
      reading.first_bad->step, reading.first_bad->loss, reading.first_bad->lr);
  diverged_ = experiment_.non_finite() == STOP;
  if (diverged_) return absl::OutOfRangeError(what);
  LOG(WARNING) << what;
  return absl::OkStatus();
}

// Of a data set that is whole nothing is said.
void Trainer::ReportBroken(const std::string& split, int64_t broken) {
  const std::string name = "broken/" + split;
  run_.metrics.erase(name);
  if (broken > 0) run_.metrics[name] = static_cast<double>(broken);
}

// Writes the metrics of one evaluation as a line.
absl::Status Trainer::Report(const std::string& suffix) {
  Metrics line;
  for (const auto& [name, value] : run_.metrics) {
    if (name.ends_with(suffix)) line.emplace(name, value);
  }
  return metrics_log_.Append(run_.progress, line);
}

}  // namespace toque
