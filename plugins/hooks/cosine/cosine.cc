#include <cmath>
#include <numbers>

#include "framework/shared/schedule.h"
#include "plugins/hooks/cosine/cosine.pb.h"

namespace toque {
namespace {

Made<Hook> MakeCosine(const recipe::Cosine& options) {
  const Span span = SpanOf(options);
  RETURN_IF_ERROR(Together({
      Between("eta_min", options.eta_min(), 0, 1),
      span.Check(),
  }));
  return ScheduleOver(span, [eta_min = options.eta_min()](double done) {
    return eta_min +
           (1 - eta_min) * (1 + std::cos(std::numbers::pi * done)) / 2;
  });
}

TOQUE_PLUGIN(MakeCosine);

}  // namespace
}  // namespace toque
