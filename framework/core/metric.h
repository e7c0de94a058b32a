// Metrics: those that are a mean over examples, and what was reported.

#ifndef TOQUE_FRAMEWORK_CORE_METRIC_H_
#define TOQUE_FRAMEWORK_CORE_METRIC_H_

#include <string>
#include <string_view>
#include <vector>

#include "framework/core/hook.h"

namespace toque {

// Whether a metric of this full name is of training: "loss/train", "lr/base",
// "examples_per_second".
bool IsOfTraining(std::string_view name);

// The metrics of the log interval or evaluation that ends here, by their full
// names. For AfterLog and AfterEvaluation.
Metrics Reported(const Run& run);

// Accumulates on the device, apart for each split. Report reads the device
// once. Where no example counted, an evaluation fails, and a log interval has
// no such metric.
class MeanMetric : public Hook {
 public:
  explicit MeanMetric(std::string name) : name_(std::move(name)) {}

  absl::Status AfterForward(Run& run) override;
  absl::Status Report(Run& run) override;
  std::vector<Published> Publishes() const override { return {{name_}}; }

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
    at::Tensor device_count;  // float64 []; undefined where all count
    double sum = 0;
    int64_t count = 0;
  };
  Bank& BankOf(const Run& run);

  std::string name_;
  std::vector<Bank> banks_;  // by Run::bank
};

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_CORE_METRIC_H_
