#include <cmath>

#include "framework/shared/schedule.h"
#include "plugins/hooks/polynomial/polynomial.pb.h"

namespace toque {
namespace {

Made<Hook> MakePolynomial(const recipe::Polynomial& options) {
  const Span span = SpanOf(options);
  RETURN_IF_ERROR(Together({
      Above("power", options.power(), 0),
      Between("end", options.end(), 0, 1),
      span.Check(),
  }));
  return ScheduleOver(
      span, [end = options.end(), power = options.power()](double done) {
        return end + (1 - end) * std::pow(1 - done, power);
      });
}

TOQUE_PLUGIN(MakePolynomial);

}  // namespace
}  // namespace toque
