#include "framework/shared/schedule.h"
#include "plugins/hooks/constant/constant.pb.h"

namespace toque {
namespace {

Made<Hook> MakeConstant(const recipe::Constant& options) {
  RETURN_IF_ERROR(Together({
      Given("factor", options.has_factor()),
      Given("length", options.has_length()),
  }));
  RETURN_IF_ERROR(Together({
      IsFactor("factor", options.factor()),
      Above("length", options.length(), 0),
  }));
  return ScheduleOf(
      [options](const Progress& progress) {
        const double steps = progress.Steps(options.length(), options.per());
        return static_cast<double>(progress.step) < steps ? options.factor()
                                                          : 1;
      },
      [options](const Progress& progress) {
        return WithinRun("length", options.length(), options.per(), progress);
      });
}

TOQUE_PLUGIN(MakeConstant);

}  // namespace
}  // namespace toque
