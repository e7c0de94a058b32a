#include "framework/core/metric.h"

#include <utility>

#include "ATen/ops/stack.h"
#include "c10/core/GradMode.h"

namespace toque {
namespace {

// Adds on the device; `value` is the accumulator's own from then on.
void Accumulate(at::Tensor& accumulator, const at::Tensor& value) {
  if (accumulator.defined()) {
    accumulator.add_(value);
  } else {
    accumulator = value;
  }
}

}  // namespace

bool IsOfTraining(std::string_view name) {
  return name.ends_with("/train") || name.starts_with("lr/") ||
         name.find('/') == name.npos;
}

Metrics Reported(const Run& run) {
  const std::string ending = "/" + run.split;
  Metrics reported;
  for (const auto& [name, value] : run.metrics) {
    const bool ours = run.phase == Phase::kTrain ? IsOfTraining(name)
                                                 : name.ends_with(ending);
    if (ours) reported.emplace(name, value);
  }
  return reported;
}

absl::Status MeanMetric::AfterForward(Run& run) {
  const c10::AutoGradMode no_gradients(false);
  at::Tensor values = Values(run.prediction, run.batch);
  const at::Tensor counted = Counted(run.batch);
  Bank& bank = BankOf(run);
  if (counted.defined()) {
    values = values.masked_fill(counted.logical_not(), 0);
    Accumulate(bank.device_count, counted.sum(at::kDouble));
  } else {
    bank.count += values.numel();
  }
  Accumulate(bank.device_sum, values.sum(at::kDouble));
  return absl::OkStatus();
}

absl::Status MeanMetric::Report(Run& run) {
  Bank bank = std::exchange(BankOf(run), {});
  if (bank.device_count.defined()) {
    const at::Tensor both =
        at::stack({bank.device_sum, bank.device_count}).to(at::kCPU);
    bank.sum += both.const_data_ptr<double>()[0];
    bank.count += static_cast<int64_t>(both.const_data_ptr<double>()[1]);
  } else if (bank.device_sum.defined()) {
    bank.sum += bank.device_sum.item<double>();
  }
  const std::string metric = absl::StrCat(name_, "/", run.split);
  run.metrics.erase(metric);
  if (bank.count > 0) {
    run.metrics[metric] = bank.sum / static_cast<double>(bank.count);
  } else if (run.phase == Phase::kEvaluate) {
    return Invalid(absl::StrCat(metric, ": no example counts"));
  }
  return absl::OkStatus();
}

void MeanMetric::Add(const Run& run, double sum, int64_t count) {
  Bank& bank = BankOf(run);
  bank.sum += sum;
  bank.count += count;
}

MeanMetric::Bank& MeanMetric::BankOf(const Run& run) {
  if (banks_.size() <= run.bank) banks_.resize(run.bank + 1);
  return banks_[run.bank];
}

}  // namespace toque
