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
  if (!(options.end() >= 0 && options.end() <= 1)) {
    return Invalid("end must be from 0 to 1", options.end());
  }
  if (!(options.begin() >= 0)) {
    return Invalid("begin must be at least 0", options.begin());
  }
  if (options.has_length() && !(options.length() > 0)) {
    return Invalid("length must be above 0", options.length());
  }
  return ScheduleOf([options](const Progress& progress) {
    return Factor(options, progress);
  });
}

TOQUE_PLUGIN(MakeLinearDecay);

}  // namespace
}  // namespace toque
