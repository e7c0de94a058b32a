#include "framework/trainer/loss_log.h"

#include <cmath>

#include "ATen/ops/stack.h"

namespace toque {

void LossLog::Add(const at::Tensor& loss, int64_t examples, int64_t step,
                  double lr) {
  Entry& entry = entries_.emplace_back(Entry{step, examples, lr, 0});
  if (!loss.is_cpu()) {
    on_device_.push_back(loss.detach());
  } else if (loss.scalar_type() == at::kFloat) {
    // item() would cost more than all else here.
    entry.loss = *loss.const_data_ptr<float>();
  } else {
    entry.loss = loss.item<double>();
  }
}

LossLog::Reading LossLog::Read() {
  if (!on_device_.empty()) {
    const at::Tensor all = at::stack(on_device_).to(at::kCPU, at::kDouble);
    const double* values = all.const_data_ptr<double>();
    for (Entry& entry : entries_) entry.loss = *values++;
    on_device_.clear();
  }
  Reading reading;
  double sum = 0;
  for (const Entry& entry : entries_) {
    sum += entry.loss * static_cast<double>(entry.examples);
    reading.examples += entry.examples;
    if (!reading.first_bad && !std::isfinite(entry.loss)) {
      reading.first_bad = entry;
    }
  }
  reading.mean = sum / static_cast<double>(reading.examples);
  entries_.clear();
  return reading;
}

}  // namespace toque
