// What schedules of the rate have in common.

#ifndef TOQUE_FRAMEWORK_SHARED_SCHEDULE_H_
#define TOQUE_FRAMEWORK_SHARED_SCHEDULE_H_

#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "framework/core/hook.h"

namespace toque {

// An option that the rate is multiplied by: "gamma must be above 0 and at most
// 1, got 2".
absl::Status IsFactor(std::string_view option, double value);

// A part of the run.
struct Span {
  double begin = 0;
  std::optional<double> length = std::nullopt;  // without one: to the run's end
  Per per = STEP;

  // Of the options `begin`, at least 0, and `length`, above 0.
  absl::Status Check() const;
  // That it ends within the run.
  absl::Status FitsIn(const Progress& progress) const;
  // How much of it is done: 0 until its beginning, 1 from its end on.
  double Done(const Progress& progress) const;
};

// What the options `begin`, `length` and `per` of a schedule say.
template <typename Options>
Span SpanOf(const Options& options) {
  Span span = {.begin = options.begin(), .per = options.per()};
  if (options.has_length()) span.length = options.length();
  return span;
}

// A schedule whose factor is a function of how much of `span` is done.
std::unique_ptr<Hook> ScheduleOver(const Span& span,
                                   std::function<double(double done)> factor);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_SHARED_SCHEDULE_H_
