#include "framework/shared/watched_metric.h"

namespace toque {
namespace {

// "eval" of "accuracy/eval"; empty without one.
std::string_view SplitOf(std::string_view metric) {
  const size_t slash = metric.rfind('/');
  return slash == metric.npos ? "" : metric.substr(slash + 1);
}

}  // namespace

absl::Status CheckWatched(std::string_view metric) {
  const std::string_view split = SplitOf(metric);
  if (split.empty() || split == "train") {
    return Invalid("metric must be one of an evaluation, as \"loss/eval\"",
                   View(metric));
  }
  if (split == "test" || split.starts_with("test_")) {
    return Invalid("metric must not be one of the test, which never chooses",
                   View(metric));
  }
  return absl::OkStatus();
}

std::optional<double> Watched(const Run& run, std::string_view metric) {
  if (SplitOf(metric) != run.split) return std::nullopt;
  const auto found = run.metrics.find(metric);
  if (found == run.metrics.end()) return std::nullopt;
  return found->second;
}

}  // namespace toque
