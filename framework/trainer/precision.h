// What a run computes in, beside the type of its parameters.

#ifndef TOQUE_FRAMEWORK_TRAINER_PRECISION_H_
#define TOQUE_FRAMEWORK_TRAINER_PRECISION_H_

#include <vector>

#include "ATen/core/Tensor.h"
#include "framework/core/state.h"
#include "framework/experiment.pb.h"

namespace toque {

// Whether the device can compute in that precision; float16 needs a GPU.
absl::Status CheckPrecision(const Experiment& experiment, at::Device device);

// While it lives, operators of this thread on `device` compute in `precision`
// where that is safe (LibTorch's autocast); FP32 leaves all as it is. Ends
// before backward.
class PrecisionScope {
 public:
  PrecisionScope(Experiment::Precision precision, at::Device device);
  ~PrecisionScope();
  PrecisionScope(const PrecisionScope&) = delete;
  PrecisionScope& operator=(const PrecisionScope&) = delete;

 private:
  const bool active_;
  const at::DeviceType device_;
  bool enabled_before_ = false;
  at::ScalarType dtype_before_ = at::kFloat;
};

// Scales the loss so that float16 gradients don't vanish (Micikevicius et al.,
// "Mixed Precision Training", 2018). All of it stays on the device.
class LossScaler {
 public:
  LossScaler(const LossScale& options, at::Device device);

  at::Tensor Scale(const at::Tensor& loss) const;
  // Divides the gradients in place. Returns a float scalar: 1 where one of them
  // is not finite, else 0.
  at::Tensor Unscale(const std::vector<at::Tensor>& gradients) const;
  // After a step, or one that was left out.
  void Update(const at::Tensor& found_inf);

  // Reads the device back.
  double scale() const { return scale_.item<double>(); }

  void Save(State* state) const;
  absl::Status Load(const State& state);

 private:
  LossScale options_;
  at::Tensor scale_;           // float []
  at::Tensor growth_tracker_;  // int32 []: steps since it last changed
};

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_TRAINER_PRECISION_H_
