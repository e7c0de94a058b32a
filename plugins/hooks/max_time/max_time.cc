#include <chrono>

#include "framework/core/hook.h"
#include "plugins/hooks/max_time/max_time.pb.h"

namespace toque {
namespace {

using Clock = std::chrono::steady_clock;

class MaxTime : public Hook {
 public:
  explicit MaxTime(double seconds) : seconds_(seconds) {}

  absl::Status BeforeTraining(Run&) override {
    start_ = Clock::now();
    return absl::OkStatus();
  }

  absl::Status AfterStep(Run& run) override {
    const std::chrono::duration<double> used = Clock::now() - start_;
    if (used.count() >= seconds_) {
      run.RequestStop(absl::StrCat("its ", seconds_, " seconds are over"));
    }
    return absl::OkStatus();
  }

 private:
  double seconds_;
  Clock::time_point start_;
};

Made<Hook> MakeMaxTime(const recipe::MaxTime& options) {
  const double minutes = options.minutes() + 60 * options.hours();
  const double seconds = options.seconds() + 60 * minutes;
  RETURN_IF_ERROR(Together({AtLeast("seconds", options.seconds(), 0),
                            AtLeast("minutes", options.minutes(), 0),
                            AtLeast("hours", options.hours(), 0)}));
  RETURN_IF_ERROR(Above("seconds, minutes and hours together", seconds, 0));
  return std::make_unique<MaxTime>(seconds);
}

TOQUE_PLUGIN(MakeMaxTime);

}  // namespace
}  // namespace toque
