#include "framework/core/metric.h"

#include <utility>

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

absl::Status MeanMetric::AfterForward(Run& run) {
  const c10::AutoGradMode no_gradients(false);
  at::Tensor values = Values(run.prediction, run.batch);
  const at::Tensor counted = Counted(run.batch);
  Bank& bank = BankOf(run);
  if (counted.defined()) {
    values = values.masked_fill(counted.logical_not(), 0);
    Accumulate(bank.device_count, counted.sum());
  } else {
    bank.count += values.numel();
  }
  Accumulate(bank.device_sum, values.sum(at::kDouble));
  return absl::OkStatus();
}

absl::Status MeanMetric::Report(Run& run) {
  Bank bank = std::exchange(BankOf(run), {});
  if (bank.device_sum.defined()) bank.sum += bank.device_sum.item<double>();
  if (bank.device_count.defined()) {
    bank.count += bank.device_count.item<int64_t>();
  }
  if (bank.count == 0) return absl::OkStatus();
  run.metrics[absl::StrCat(name_, "/", run.split)] =
      bank.sum / static_cast<double>(bank.count);
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
