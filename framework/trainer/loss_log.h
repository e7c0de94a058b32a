// The losses of a log interval or an evaluation.

#ifndef TOQUE_FRAMEWORK_TRAINER_LOSS_LOG_H_
#define TOQUE_FRAMEWORK_TRAINER_LOSS_LOG_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "ATen/core/Tensor.h"

namespace toque {

// Keeps scalars where they are and reads a device back once, in Read.
class LossLog {
 public:
  struct Entry {
    int64_t step = 0;
    int64_t examples = 0;
    double lr = 0;
    double loss = 0;
  };
  struct Reading {
    double mean = 0;  // weighted by examples
    int64_t examples = 0;
    std::optional<Entry> first_bad;  // the first that is not finite
  };

  void Add(const at::Tensor& loss, int64_t examples, int64_t step, double lr);
  bool empty() const { return entries_.empty(); }
  // What was gathered, which is then forgotten.
  Reading Read();

 private:
  std::vector<Entry> entries_;
  std::vector<at::Tensor> on_device_;  // losses of entries_, not read yet
};

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_TRAINER_LOSS_LOG_H_
