#include "framework/trainer/precision.h"

#include "ATen/autocast_mode.h"
#include "ATen/ops/_amp_foreach_non_finite_check_and_unscale.h"
#include "ATen/ops/_amp_update_scale.h"
#include "ATen/ops/full.h"
#include "ATen/ops/zeros.h"
#include "c10/core/GradMode.h"

namespace toque {

absl::Status CheckPrecision(const Experiment& experiment, at::Device device) {
  if (experiment.default_dtype() == FLOAT16 && device.is_cpu()) {
    return Invalid("default_dtype: FLOAT16 needs a GPU");
  }
  if (experiment.precision() == Experiment::FP16 && device.is_cpu()) {
    return Invalid("precision: FP16 needs a GPU; BF16 works on the CPU too");
  }
  return absl::OkStatus();
}

PrecisionScope::PrecisionScope(Experiment::Precision precision,
                               at::Device device)
    : active_(precision != Experiment::FP32), device_(device.type()) {
  if (!active_) return;
  enabled_before_ = at::autocast::is_autocast_enabled(device_);
  dtype_before_ = at::autocast::get_autocast_dtype(device_);
  at::autocast::set_autocast_enabled(device_, true);
  at::autocast::set_autocast_dtype(
      device_, precision == Experiment::BF16 ? at::kBFloat16 : at::kHalf);
  at::autocast::increment_nesting();
}

PrecisionScope::~PrecisionScope() {
  if (!active_) return;
  // The copies of weights that were made are old after the next step.
  if (at::autocast::decrement_nesting() == 0) at::autocast::clear_cache();
  at::autocast::set_autocast_enabled(device_, enabled_before_);
  at::autocast::set_autocast_dtype(device_, dtype_before_);
}

LossScaler::LossScaler(const LossScale& options, at::Device device)
    : options_(options),
      scale_(at::full({}, options.init(),
                      at::TensorOptions(device).dtype(at::kFloat))),
      growth_tracker_(
          at::zeros({}, at::TensorOptions(device).dtype(at::kInt))) {}

at::Tensor LossScaler::Scale(const at::Tensor& loss) const {
  return loss.mul(scale_);
}

at::Tensor LossScaler::Unscale(const std::vector<at::Tensor>& gradients) const {
  const c10::AutoGradMode no_gradients(false);
  at::Tensor found_inf = at::zeros({}, scale_.options());
  at::_amp_foreach_non_finite_check_and_unscale_(gradients, found_inf,
                                                 scale_.reciprocal());
  return found_inf;
}

void LossScaler::Update(const at::Tensor& found_inf) {
  at::_amp_update_scale_(scale_, growth_tracker_, found_inf,
                         options_.growth_factor(), options_.backoff_factor(),
                         options_.growth_interval());
}

void LossScaler::Save(State* state) const {
  state->Set("scale", scale_);
  state->Set("growth_tracker", growth_tracker_);
}

absl::Status LossScaler::Load(const State& state) {
  ASSIGN_OR_RETURN(const at::Tensor scale, state.Get("scale"));
  ASSIGN_OR_RETURN(const at::Tensor tracker, state.Get("growth_tracker"));
  scale_.copy_(scale);
  growth_tracker_.copy_(tracker);
  return absl::OkStatus();
}

}  // namespace toque
