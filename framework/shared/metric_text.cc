#include "framework/shared/metric_text.h"

#include "absl/strings/str_format.h"

namespace toque {

std::string MetricText(std::string_view metric, double value) {
  if (metric.starts_with("accuracy")) {
    return absl::StrFormat("%.2f%%", value * 100);
  }
  return absl::StrFormat("%.4g", value);
}

}  // namespace toque
