#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "framework/shared/schedule.h"
#include "plugins/hooks/one_cycle/one_cycle.pb.h"

namespace toque {
namespace {

// Factors at a step of the cycle, between which they are annealed.
struct Corner {
  double step;
  double lr;
  double momentum;
};

class OneCycle : public Hook {
 public:
  explicit OneCycle(const recipe::OneCycle& options) : options_(options) {}

  double LrFactor(const Progress& progress) const override {
    return At(progress, &Corner::lr);
  }
  double MomentumFactor(const Progress& progress) const override {
    return At(progress, &Corner::momentum);
  }

 private:
  std::array<Corner, 4> Corners(const Progress& progress) const {
    const auto total = static_cast<double>(progress.total_steps);
    const Corner first = {0, options_.start(), 1};
    const Corner peak = {options_.rise() * total - 1, 1, options_.momentum()};
    const Corner back = {2 * peak.step, options_.start(), 1};
    const Corner last = {total - 1, options_.end(), 1};
    const bool three = options_.phases() == recipe::OneCycle::THREE;
    return {first, peak, three ? back : peak, last};
  }

  double At(const Progress& progress, double Corner::*factor) const {
    const auto step = static_cast<double>(progress.step);
    const std::array<Corner, 4> corners = Corners(progress);
    const auto next = std::find_if(
        corners.begin() + 1, corners.end() - 1,
        [step](const Corner& corner) { return step <= corner.step; });
    const Corner& from = next[-1];
    // In a run of few steps a corner may lie before its beginning.
    const double length = next->step - from.step;
    const double done =
        length > 0 ? std::min(1.0, (step - from.step) / length) : 1;
    return from.*factor + ((*next).*factor - from.*factor) * Annealed(done);
  }

  double Annealed(double done) const {
    if (options_.anneal() == recipe::OneCycle::LINEAR) return done;
    return (1 - std::cos(std::numbers::pi * done)) / 2;
  }

  const recipe::OneCycle options_;
};

absl::Status CheckRise(const recipe::OneCycle& options) {
  const double rise = options.rise();
  if (!(rise > 0 && rise < 1)) {
    return Invalid("rise must be above 0 and below 1", rise);
  }
  if (rise <= 0.5 || options.phases() == recipe::OneCycle::TWO) {
    return absl::OkStatus();
  }
  return Invalid("rise must be at most 0.5 with THREE phases", rise);
}

Made<Hook> MakeOneCycle(const recipe::OneCycle& options) {
  RETURN_IF_ERROR(Together({
      CheckRise(options),
      IsFactor("start", options.start()),
      IsFactor("end", options.end()),
      IsFactor("momentum", options.momentum()),
  }));
  return std::make_unique<OneCycle>(options);
}

TOQUE_PLUGIN(MakeOneCycle);

}  // namespace
}  // namespace toque
