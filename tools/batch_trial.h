// A few training steps with batches of one size.

#ifndef TOQUE_TOOLS_BATCH_TRIAL_H_
#define TOQUE_TOOLS_BATCH_TRIAL_H_

#include <cstdint>

#include "framework/core/context.h"
#include "framework/experiment.pb.h"
#include "framework/status.h"

namespace toque {

struct BatchTrial {
  int64_t examples = 0;  // that were timed: after the first step
  double examples_per_second = 0;
  // The most memory used so far: of the process on a CPU, of tensors on a GPU.
  int64_t peak_bytes = 0;
  int64_t training_set = 0;  // examples
};

// Trains four steps of the experiment, whatever its length, with all its hooks;
// writes nothing. Where memory isn't enough, LibTorch's error, or the process
// is killed.
absl::StatusOr<BatchTrial> TryBatch(Experiment experiment, int64_t batch_size,
                                    const Context& context);

// Limits the memory that this process may write to from here on; allocations
// beyond it fail.
absl::Status LimitMemory(int64_t bytes);

}  // namespace toque

#endif  // TOQUE_TOOLS_BATCH_TRIAL_H_
