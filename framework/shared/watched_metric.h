// The metric of evaluations that a hook decides by.

#ifndef TOQUE_FRAMEWORK_SHARED_WATCHED_METRIC_H_
#define TOQUE_FRAMEWORK_SHARED_WATCHED_METRIC_H_

#include <optional>
#include <string_view>

#include "framework/core/run.h"
#include "framework/options.pb.h"
#include "framework/status.h"

namespace toque {

// That the option `metric` is the full name of one of an evaluation that may
// choose: "loss/eval" but not "loss", "loss/train" or "loss/test".
absl::Status CheckWatched(std::string_view metric);

// In AfterEvaluation: its value, where the evaluation that has just ended is
// the one that it is of.
std::optional<double> Watched(const Run& run, std::string_view metric);

// Whether less of the metric of this full name is better: for MIN, and where
// its name says so, as `Better` has it.
bool LessIsBetter(std::string_view metric, Better mode = BY_NAME);

// For AfterTraining: warns that the hook at hand did nothing, where `seen` says
// that its metric never had a finite value.
void WarnUnlessSeen(std::string_view metric, bool seen);

// That the option `name` can be a part of a metric's or file's name: not empty,
// and without "/", which parts a metric from its split.
absl::Status CheckName(std::string_view name);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_SHARED_WATCHED_METRIC_H_
