// The metric of evaluations that a hook decides by.

#ifndef TOQUE_FRAMEWORK_SHARED_WATCHED_METRIC_H_
#define TOQUE_FRAMEWORK_SHARED_WATCHED_METRIC_H_

#include <optional>
#include <string_view>

#include "framework/core/run.h"
#include "framework/status.h"

namespace toque {

// That the option `metric` is the full name of one of an evaluation that may
// choose: "loss/eval" but not "loss", "loss/train" or "loss/test".
absl::Status CheckWatched(std::string_view metric);

// In AfterEvaluation: its value, where the evaluation that has just ended is
// the one that it is of.
std::optional<double> Watched(const Run& run, std::string_view metric);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_SHARED_WATCHED_METRIC_H_
