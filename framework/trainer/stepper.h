// One training step: forward, loss, backward, optimizer, and the hooks between.

#ifndef TOQUE_FRAMEWORK_TRAINER_STEPPER_H_
#define TOQUE_FRAMEWORK_TRAINER_STEPPER_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "framework/core/run.h"
#include "framework/parts/parts.h"
#include "framework/trainer/forward_pass.h"
#include "framework/trainer/precision.h"

namespace toque {

class Stepper {
 public:
  // All outlive the stepper.
  Stepper(const Experiment& experiment, const Parts& parts, Run* run,
          ForwardPass* forward);

  // Trains on run->batch as one of the micro-batches of a step, `share` of the
  // step's examples. The last one steps the optimizer.
  absl::Status MicroBatch(double share, bool last);

  // What it knows beside the hooks: "loss_scale".
  void Report(Metrics* metrics) const;

  // The scaler of the loss, where the precision needs one.
  State Save() const;
  absl::Status Load(const State& state);

 private:
  absl::Status TrainMicroBatch(double share, bool last);
  absl::Status TransformBatch();
  absl::Status TrainOn(double share);
  absl::Status TrainOnPieces(double share);
  absl::Status Backward(double share);
  absl::Status StepOptimizer();
  at::Tensor Reevaluate();
  void Unscale();
  void SetRates();
  void ReleaseGradients();

  const Parts& parts_;
  Run& run_;
  ForwardPass& forward_;
  const uint64_t seed_;
  const int64_t tbptt_steps_;
  std::optional<LossScaler> scaler_;
  StepContext context_;
  State generators_;  // before the step's forward, where it may be repeated
  std::vector<at::Tensor> parameters_;
  uint64_t micro_batch_ = 0;  // of this step
};

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_TRAINER_STEPPER_H_
