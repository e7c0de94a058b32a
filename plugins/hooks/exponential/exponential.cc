#include <cmath>

#include "framework/shared/schedule.h"
#include "plugins/hooks/exponential/exponential.pb.h"

namespace toque {
namespace {

Made<Hook> MakeExponential(const recipe::Exponential& options) {
  RETURN_IF_ERROR(Given("gamma", options.has_gamma()));
  RETURN_IF_ERROR(IsFactor("gamma", options.gamma()));
  return ScheduleOf(
      [gamma = options.gamma(), per = options.per()](const Progress& progress) {
        return std::pow(gamma, progress.Count(per));
      });
}

TOQUE_PLUGIN(MakeExponential);

}  // namespace
}  // namespace toque
