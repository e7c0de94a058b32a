// One training step: forward, loss, backward, optimizer, and the hooks between.

#ifndef TOQUE_FRAMEWORK_TRAINER_STEPPER_H_
#define TOQUE_FRAMEWORK_TRAINER_STEPPER_H_

#include <cstdint>
#include <vector>

#include "framework/core/run.h"
#include "framework/trainer/parts.h"

namespace toque {

// Calls one point of every hook, in order; an error names the hook.
absl::Status CallHooks(const Parts& parts, absl::Status (Hook::*point)(Run&),
                       Run& run);
// Moves a batch to the run's device and its floating inputs to `type`.
void Move(Batch& batch, at::Device device, at::ScalarType type);
// Computes run.prediction from run.batch. What LibTorch throws becomes an error
// that names the layer.
absl::Status PredictBatch(Run& run);
// As PredictBatch, then run.loss and AfterForward.
absl::Status Forward(const Parts& parts, Run& run);

class Stepper {
 public:
  // Both outlive the stepper.
  Stepper(const Experiment& experiment, const Parts& parts, Run* run);

  // Trains on run->batch as one of the micro-batches of a step, `share` of the
  // step's examples. The last one steps the optimizer.
  absl::Status MicroBatch(double share, bool last);

 private:
  absl::Status TransformBatch();
  absl::Status Backward(double share);
  absl::Status StepOptimizer();
  void SetRates();
  void ReleaseGradients();

  const Parts& parts_;
  Run& run_;
  const uint64_t seed_;
  const at::ScalarType type_;
  std::vector<at::Tensor> parameters_;
  uint64_t micro_batch_ = 0;  // of this step
};

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_TRAINER_STEPPER_H_
