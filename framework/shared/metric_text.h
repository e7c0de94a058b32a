// Metrics as people read them.

#ifndef TOQUE_FRAMEWORK_SHARED_METRIC_TEXT_H_
#define TOQUE_FRAMEWORK_SHARED_METRIC_TEXT_H_

#include <string>
#include <string_view>

namespace toque {

// "92.36%" of the fraction 0.92361 where the metric is an accuracy, by its name
// with or without the split; "0.2381", four digits, of any other. Files hold
// fractions.
std::string MetricText(std::string_view metric, double value);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_SHARED_METRIC_TEXT_H_
