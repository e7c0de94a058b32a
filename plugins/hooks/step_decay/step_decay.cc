#include <cmath>

#include "framework/shared/schedule.h"
#include "plugins/hooks/step_decay/step_decay.pb.h"

namespace toque {
namespace {

Made<Hook> MakeStepDecay(const recipe::StepDecay& options) {
  RETURN_IF_ERROR(Given("every", options.has_every()));
  RETURN_IF_ERROR(Together({
      AtLeast("every", options.every(), 1),
      IsFactor("gamma", options.gamma()),
  }));
  const auto every = static_cast<double>(options.every());
  const Per per = options.per();
  return ScheduleOf(
      [every, per, gamma = options.gamma()](const Progress& progress) {
        return std::pow(gamma, std::floor(progress.Count(per) / every));
      },
      [every, per](const Progress& progress) {
        return WithinRun("every", every, per, progress);
      });
}

TOQUE_PLUGIN(MakeStepDecay);

}  // namespace
}  // namespace toque
