#include <algorithm>
#include <cmath>
#include <limits>

#include "framework/shared/schedule.h"
#include "framework/shared/watched_metric.h"
#include "plugins/hooks/plateau/plateau.pb.h"

namespace toque {
namespace {

class Plateau : public Hook {
 public:
  explicit Plateau(const recipe::Plateau& options)
      : options_(options),
        sign_(LessIsBetter(options.metric(), options.mode()) ? -1 : 1) {}

  std::vector<std::string> Needs() const override {
    return {options_.metric()};
  }

  absl::Status AfterEvaluation(Run& run) override {
    const auto value = Watched(run, options_.metric());
    if (value.has_value()) Judge(sign_ * *value);
    return absl::OkStatus();
  }

  absl::Status AfterTraining(Run&) override {
    WarnUnlessSeen(options_.metric(), std::isfinite(best_));
    return absl::OkStatus();
  }

  double LrFactor(const Progress&) const override { return factor_; }

  void Save(State* state) const override {
    state->SetNumber("factor", factor_);
    state->SetNumber("best", best_);
    state->SetInteger("waited", waited_);
    state->SetInteger("cooldown", cooldown_);
  }
  absl::Status Load(const State& state) override {
    // A run may have been resumed with this hook for the first time.
    if (!state.Has("factor")) return absl::OkStatus();
    ASSIGN_OR_RETURN(factor_, state.GetNumber("factor"));
    ASSIGN_OR_RETURN(best_, state.GetNumber("best"));
    ASSIGN_OR_RETURN(waited_, state.GetInteger("waited"));
    ASSIGN_OR_RETURN(cooldown_, state.GetInteger("cooldown"));
    return absl::OkStatus();
  }

 private:
  // Of two values, the greater is the better here.
  void Judge(double value) {
    if (value > best_ + Threshold()) {
      best_ = value;
      waited_ = 0;
    } else {
      ++waited_;
    }
    if (cooldown_ > 0) {
      --cooldown_;
      waited_ = 0;
    }
    if (waited_ <= options_.patience()) return;
    factor_ = std::max(factor_ * options_.factor(), options_.min_factor());
    cooldown_ = options_.cooldown();
    waited_ = 0;
  }

  double Threshold() const {
    const bool absolute =
        options_.threshold_mode() == recipe::Plateau::ABSOLUTE;
    // Before the first value there is no best to take a share of.
    if (absolute || !std::isfinite(best_)) return options_.threshold();
    return options_.threshold() * std::abs(best_);
  }

  const recipe::Plateau options_;
  const double sign_;
  double factor_ = 1;
  double best_ = -std::numeric_limits<double>::infinity();
  int64_t waited_ = 0;    // evaluations that were no better
  int64_t cooldown_ = 0;  // evaluations that do not count yet
};

Made<Hook> MakePlateau(const recipe::Plateau& options) {
  RETURN_IF_ERROR(Together({
      CheckWatched(options.metric()),
      IsFactor("factor", options.factor()),
      AtLeast("patience", options.patience(), 1),
      AtLeast("threshold", options.threshold(), 0),
      AtLeast("cooldown", options.cooldown(), 0),
      Between("min_factor", options.min_factor(), 0, 1),
  }));
  return std::make_unique<Plateau>(options);
}

TOQUE_PLUGIN(MakePlateau);

}  // namespace
}  // namespace toque
