// How a model's parameters start, where the experiment says so.

#ifndef TOQUE_FRAMEWORK_PARTS_INITIALISE_H_
#define TOQUE_FRAMEWORK_PARTS_INITIALISE_H_

#include "framework/core/context.h"
#include "framework/experiment.pb.h"
#include "framework/status.h"

namespace toque {

class Model;

// What of the experiment's `init` can be checked without a model.
absl::Status CheckInit(const Experiment& experiment);

// Carries out the experiment's `init`, in its order; parameters stay the same
// tensors. What is drawn is a function of the seed, the place in the list and
// the parameters that match, whatever their device. Fans are PyTorch's, which
// leave the groups of a convolution out of account. Errors: "init[0]: match
// must match a parameter ..."; a method that does not fit a parameter.
absl::Status Initialise(const Experiment& experiment, const Context& context,
                        Model& model);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_PARTS_INITIALISE_H_
