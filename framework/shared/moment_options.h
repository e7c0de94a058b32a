// Options that optimizers with averages of the gradient and of its square
// share.

#ifndef TOQUE_FRAMEWORK_SHARED_MOMENT_OPTIONS_H_
#define TOQUE_FRAMEWORK_SHARED_MOMENT_OPTIONS_H_

#include "framework/core/option_checks.h"

namespace toque {

// That lr, beta1, beta2, eps and weight_decay are in their ranges; reports all
// faults at once.
template <typename Options>
absl::Status CheckMomentOptions(const Options& options) {
  return Together(
      {AtLeast("lr", options.lr(), 0), Within("beta1", options.beta1(), 0, 1),
       Within("beta2", options.beta2(), 0, 1), AtLeast("eps", options.eps(), 0),
       AtLeast("weight_decay", options.weight_decay(), 0)});
}

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_SHARED_MOMENT_OPTIONS_H_
