#include "framework/shared/schedule.h"
#include "plugins/hooks/linear_decay/linear_decay.pb.h"

namespace toque {
namespace {

Made<Hook> MakeLinearDecay(const recipe::LinearDecay& options) {
  const Span span = SpanOf(options);
  RETURN_IF_ERROR(Together({
      Between("end", options.end(), 0, 1),
      span.Check(),
  }));
  return ScheduleOver(span, [end = options.end()](double done) {
    return 1 - (1 - end) * done;
  });
}

TOQUE_PLUGIN(MakeLinearDecay);

}  // namespace
}  // namespace toque
