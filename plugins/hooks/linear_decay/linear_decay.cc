#include <algorithm>

#include "framework/core/hook.h"
#include "plugins/hooks/linear_decay/linear_decay.pb.h"

namespace toque {
namespace {

double Factor(const recipe::LinearDecay& options, const Progress& progress) {
  const double done = progress.Count(options.per()) - options.begin();
  if (done <= 0) return 1;
  const double length = options.has_length()
                            ? options.length()
                            : progress.Total(options.per()) - options.begin();
  return 1 - (1 - options.end()) * std::min(1.0, done / length);
}

Made<Hook> MakeLinearDecay(const recipe::LinearDecay& options) {
  RETURN_IF_ERROR(Together({
      Between("end", options.end(), 0, 1),
      AtLeast("begin", options.begin(), 0),
      Above("length", options.has_length() ? options.length() : 1, 0),
  }));
  return ScheduleOf([options](const Progress& progress) {
    return Factor(options, progress);
  });
}

TOQUE_PLUGIN(MakeLinearDecay);

}  // namespace
}  // namespace toque
