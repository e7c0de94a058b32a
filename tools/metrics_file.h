// Reading the metrics.jsonl of a run.

#ifndef TOQUE_TOOLS_METRICS_FILE_H_
#define TOQUE_TOOLS_METRICS_FILE_H_

#include <optional>
#include <string>
#include <string_view>

namespace toque {

// The last value of a metric ("accuracy/eval", or "step") in a run folder; none
// where the run has not written it, or a number that is not finite. Also while
// the run is going on.
std::optional<double> LastMetric(const std::string& run_folder,
                                 std::string_view name);

}  // namespace toque

#endif  // TOQUE_TOOLS_METRICS_FILE_H_
