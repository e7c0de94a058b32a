// Reading the metrics.jsonl of a run.

#ifndef TOQUE_TOOLS_METRICS_FILE_H_
#define TOQUE_TOOLS_METRICS_FILE_H_

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "framework/status.h"

namespace toque {

// The last value of a metric ("accuracy/eval", or "step") in a run folder; none
// where the run has not written it, or a number that is not finite. Also while
// the run is going on.
std::optional<double> LastMetric(const std::string& run_folder,
                                 std::string_view name);

// (step, value) of each time that a number was written, in order; without
// values that are not finite.
using Curve = std::vector<std::pair<double, double>>;
using Curves = std::map<std::string, Curve, std::less<>>;

// Every number in the metrics.jsonl of a run folder by name, "step" and "epoch"
// among them. No curve is empty. An error where the file can't be read.
absl::StatusOr<Curves> ReadCurves(const std::string& run_folder);

}  // namespace toque

#endif  // TOQUE_TOOLS_METRICS_FILE_H_
