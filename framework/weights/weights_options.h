// The section `weights` of an experiment.

#ifndef TOQUE_FRAMEWORK_WEIGHTS_WEIGHTS_OPTIONS_H_
#define TOQUE_FRAMEWORK_WEIGHTS_WEIGHTS_OPTIONS_H_

#include "framework/experiment.pb.h"
#include "framework/status.h"

namespace toque {

// Whether a file is given and all patterns are regular expressions. All faults
// together, with the places of their fields: "rename[0].match must be ...".
absl::Status CheckWeights(const Weights& options);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_WEIGHTS_WEIGHTS_OPTIONS_H_
