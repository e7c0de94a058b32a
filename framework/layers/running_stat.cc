#include "framework/layers/running_stat.h"

#include <limits>
#include <utility>

#include "ATen/ops/ones_like.h"
#include "ATen/ops/zeros.h"
#include "framework/core/check_shape.h"

namespace toque {

RunningStat::RunningStat(const RunningStatOptions& options, Statistic statistic)
    : options_(options),
      statistic_(std::move(statistic)),
      average_(register_buffer("average", at::zeros(options.shape))),
      weight_(register_buffer("weight", at::zeros({}))) {
  TORCH_CHECK(options.momentum > 0 && options.momentum <= 1,
              "momentum must be above 0 and at most 1, got ", options.momentum);
}

at::Tensor RunningStat::Forward(const at::Tensor& input) {
  if (!Counts()) return input;
  const at::NoGradGuard no_grad;
  const at::Tensor statistic = statistic_(input);
  CHECK_SHAPE(statistic, options_.shape);
  const double share = ShareOfNew(options_.momentum);
  average_.lerp_(statistic.to(average_.scalar_type()), share);
  weight_.lerp_(at::ones_like(weight_), share);
  return input;
}

at::Tensor RunningStat::Value() const {
  if (options_.correction == RunningStatOptions::Correction::kNone) {
    return average_.clone();
  }
  // Before the first value both are 0.
  return average_.div(weight_.clamp_min(std::numeric_limits<float>::min()));
}

void RunningStat::Forget() {
  average_.zero_();
  weight_.zero_();
}

}  // namespace toque
