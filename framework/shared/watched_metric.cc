#include "framework/shared/watched_metric.h"

#include "glog/logging.h"

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

bool LessIsBetter(std::string_view metric, Better mode) {
  if (mode != BY_NAME) return mode == MIN;
  const std::string_view name = metric.substr(0, metric.rfind('/'));
  return name.find("loss") != name.npos || name.find("error") != name.npos;
}

void WarnUnlessSeen(std::string_view metric, bool seen) {
  LOG_IF(WARNING, !seen) << metric
                         << " never had a finite value, so nothing was decided "
                            "by it";
}

absl::Status CheckName(std::string_view name) {
  if (!name.empty() && name.find('/') == name.npos) return absl::OkStatus();
  return Invalid("name must not be empty and have no slash",
                 absl::StrCat("\"", View(name), "\""));
}

}  // namespace toque
