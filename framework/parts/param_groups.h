// The groups that an experiment's param_group entries make.

#ifndef TOQUE_FRAMEWORK_PARTS_PARAM_GROUPS_H_
#define TOQUE_FRAMEWORK_PARTS_PARAM_GROUPS_H_

#include <vector>

#include "framework/core/optimizer.h"
#include "framework/experiment.pb.h"

namespace toque {

// Every trainable parameter in exactly one group: the first that matches, or
// "base", which comes first and is left out when empty. Frozen parameters lose
// their requires_grad and are in none. Errors: a pattern that matches nothing,
// or nothing left to train.
absl::StatusOr<std::vector<Group>> MakeGroups(const Experiment& experiment,
                                              const NamedTensors& parameters);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_PARTS_PARAM_GROUPS_H_
