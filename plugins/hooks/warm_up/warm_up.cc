#include <algorithm>

#include "framework/core/hook.h"
#include "plugins/hooks/warm_up/warm_up.pb.h"

namespace toque {
namespace {

Made<Hook> MakeWarmUp(const recipe::WarmUp& options) {
  if (!(options.length() > 0)) {
    return Invalid("length must be above 0", options.length());
  }
  if (!(options.start() >= 0 && options.start() <= 1)) {
    return Invalid("start must be from 0 to 1", options.start());
  }
  return ScheduleOf([options](const Progress& progress) {
    const double steps = progress.Steps(options.length(), options.per());
    const double done =
        std::min(1.0, static_cast<double>(progress.step + 1) / steps);
    return options.start() + (1 - options.start()) * done;
  });
}

TOQUE_PLUGIN(MakeWarmUp);

}  // namespace
}  // namespace toque
