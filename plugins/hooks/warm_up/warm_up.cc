#include <algorithm>

#include "framework/shared/schedule.h"
#include "plugins/hooks/warm_up/warm_up.pb.h"

namespace toque {
namespace {

Made<Hook> MakeWarmUp(const recipe::WarmUp& options) {
  RETURN_IF_ERROR(Together({
      Above("length", options.length(), 0),
      Between("start", options.start(), 0, 1),
  }));
  return ScheduleOf(
      [options](const Progress& progress) {
        const double steps = progress.Steps(options.length(), options.per());
        const double done =
            std::min(1.0, static_cast<double>(progress.step + 1) / steps);
        return options.start() + (1 - options.start()) * done;
      },
      [options](const Progress& progress) {
        return WithinRun("length", options.length(), options.per(), progress);
      });
}

TOQUE_PLUGIN(MakeWarmUp);

}  // namespace
}  // namespace toque
