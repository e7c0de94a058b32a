// Whether the parts of an experiment go together.

#ifndef TOQUE_FRAMEWORK_PARTS_CHECK_PARTS_H_
#define TOQUE_FRAMEWORK_PARTS_CHECK_PARTS_H_

#include <set>
#include <string>

#include "framework/parts/parts.h"

namespace toque {

// The full names of all metrics that are published, "accuracy/eval", those that
// only tell of the run's course ("lr/base") apart.
std::set<std::string> PublishedMetrics(const Parts& parts);

// What no part can see by itself: metrics that a hook needs and nobody
// publishes, names that two hooks use, soft targets for a loss or hook that
// takes labels alone, an optimizer that must compute a batch again where that
// can't be done, sections whose classes differ. All faults together.
absl::Status CheckParts(const Experiment& experiment, const Parts& parts);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_PARTS_CHECK_PARTS_H_
