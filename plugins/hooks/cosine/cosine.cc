#include <algorithm>
#include <cmath>
#include <numbers>

#include "framework/core/hook.h"
#include "plugins/hooks/cosine/cosine.pb.h"

namespace toque {
namespace {

double Factor(const recipe::Cosine& options, const Progress& progress) {
  const double done = progress.Count(options.per()) - options.begin();
  if (done <= 0) return 1;
  const double length = options.has_length()
                            ? options.length()
                            : progress.Total(options.per()) - options.begin();
  const double angle = std::numbers::pi * std::min(1.0, done / length);
  return options.eta_min() +
         (1 - options.eta_min()) * (1 + std::cos(angle)) / 2;
}

Made<Hook> MakeCosine(const recipe::Cosine& options) {
  RETURN_IF_ERROR(Together({
      Between("eta_min", options.eta_min(), 0, 1),
      AtLeast("begin", options.begin(), 0),
      Above("length", options.has_length() ? options.length() : 1, 0),
  }));
  return ScheduleOf([options](const Progress& progress) {
    return Factor(options, progress);
  });
}

TOQUE_PLUGIN(MakeCosine);

}  // namespace
}  // namespace toque
