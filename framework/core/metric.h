// Metrics that are a mean over examples.

#ifndef TOQUE_FRAMEWORK_CORE_METRIC_H_
#define TOQUE_FRAMEWORK_CORE_METRIC_H_

#include <string>
#include <vector>

#include "framework/core/hook.h"

namespace toque {

// Accumulates on the device, apart for each split, and is read by Report.
class MeanMetric : public Hook {
 public:
  explicit MeanMetric(std::string name) : name_(std::move(name)) {}

  absl::Status AfterForward(Run& run) override;
  absl::Status Report(Run& run) override;
  std::vector<std::string> Publishes() const override { return {name_}; }

 protected:
  // One value an example: [N].
  virtual at::Tensor Values(const Prediction& prediction,
                            const Batch& batch) const = 0;
  // Which examples count: bool [N], or undefined where all do.
  virtual at::Tensor Counted(const Batch&) const { return {}; }
  // Adds values that the CPU knows already: their sum and number. For an
  // AfterForward of one's own.
  void Add(const Run& run, double sum, int64_t count);

 private:
  struct Bank {
    at::Tensor device_sum;    // float64 []
    at::Tensor device_count;  // int64 []; undefined where all count
    double sum = 0;
    int64_t count = 0;
  };
  Bank& BankOf(const Run& run);

  std::string name_;
  std::vector<Bank> banks_;  // by Run::bank
};

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_CORE_METRIC_H_
