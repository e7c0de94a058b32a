#include "framework/shared/schedule.h"

#include <utility>

namespace toque {

absl::Status IsFactor(std::string_view option, double value) {
  if (value > 0 && value <= 1) return absl::OkStatus();
  return Invalid(absl::StrCat(View(option), " must be above 0 and at most 1"),
                 value);
}

absl::Status Span::Check() const {
  return Together({
      AtLeast("begin", begin, 0),
      Above("length", length.value_or(1), 0),
  });
}

absl::Status Span::FitsIn(const Progress& progress) const {
  if (!length.has_value()) return WithinRun("begin", begin, per, progress);
  return WithinRun(begin > 0 ? "begin + length" : "length", begin + *length,
                   per, progress);
}

double Span::Done(const Progress& progress) const {
  const double done = progress.Count(per) - begin;
  if (done <= 0) return 0;
  const double whole = length.value_or(progress.Total(per) - begin);
  return done < whole ? done / whole : 1;
}

std::unique_ptr<Hook> ScheduleOver(const Span& span,
                                   std::function<double(double)> factor) {
  return ScheduleOf(
      [span, factor = std::move(factor)](const Progress& progress) {
        return factor(span.Done(progress));
      },
      [span](const Progress& progress) { return span.FitsIn(progress); });
}

}  // namespace toque
