#include <cmath>
#include <optional>

#include "framework/core/hook.h"
#include "framework/shared/watched_metric.h"
#include "plugins/hooks/early_stopping/early_stopping.pb.h"

namespace toque {
namespace {

class EarlyStopping : public Hook {
 public:
  explicit EarlyStopping(const recipe::EarlyStopping& options)
      : options_(options) {}

  std::vector<std::string> Needs() const override {
    return {options_.metric()};
  }

  // A run that had ended stays ended when it is resumed.
  absl::Status BeforeTraining(Run& run) override {
    Judge(run);
    return absl::OkStatus();
  }

  absl::Status AfterEvaluation(Run& run) override {
    const auto value = Watched(run, options_.metric());
    if (!value.has_value()) return absl::OkStatus();
    last_ = value;
    if (IsBetter(*last_)) {
      best_ = last_;
      waited_ = 0;
    } else {
      ++waited_;
    }
    Judge(run);
    return absl::OkStatus();
  }

  absl::Status AfterTraining(Run&) override {
    WarnUnlessSeen(options_.metric(), best_.has_value());
    return absl::OkStatus();
  }

  void Save(State* state) const override {
    state->SetInteger("waited", waited_);
    if (best_.has_value()) state->SetNumber("best", *best_);
    if (last_.has_value()) state->SetNumber("last", *last_);
  }
  absl::Status Load(const State& state) override {
    if (!state.Has("waited")) return absl::OkStatus();
    ASSIGN_OR_RETURN(waited_, state.GetInteger("waited"));
    if (state.Has("best")) {
      ASSIGN_OR_RETURN(best_, state.GetNumber("best"));
    }
    if (state.Has("last")) {
      ASSIGN_OR_RETURN(last_, state.GetNumber("last"));
    }
    return absl::OkStatus();
  }

 private:
  // How much better `value` is than `other`; below 0 where it is worse.
  double Gain(double value, double other) const {
    return LessIsBetter(options_.metric(), options_.mode()) ? other - value
                                                            : value - other;
  }
  bool IsBetter(double value) const {
    if (!std::isfinite(value)) return false;
    return !best_.has_value() || Gain(value, *best_) > options_.min_delta();
  }

  void Judge(Run& run) const {
    if (options_.has_divergence() && last_.has_value() &&
        !(Gain(*last_, options_.divergence()) >= 0)) {
      run.RequestStop(absl::StrCat(options_.metric(), " was ", *last_,
                                   ", worse than ", options_.divergence()));
    }
    if (waited_ >= options_.patience()) {
      const std::string what = best_.has_value()
                                   ? absl::StrCat("get better than ", *best_)
                                   : "become finite";
      run.RequestStop(absl::StrCat(options_.metric(), " did not ", what,
                                   " within a patience of ",
                                   options_.patience()));
    }
  }

  const recipe::EarlyStopping options_;
  std::optional<double> best_;
  std::optional<double> last_;
  int64_t waited_ = 0;  // evaluations since the best
};

Made<Hook> MakeEarlyStopping(const recipe::EarlyStopping& options) {
  RETURN_IF_ERROR(Given("metric", options.has_metric()));
  RETURN_IF_ERROR(Together({
      CheckWatched(options.metric()),
      AtLeast("patience", options.patience(), 1),
      AtLeast("min_delta", options.min_delta(), 0),
  }));
  return std::make_unique<EarlyStopping>(options);
}

TOQUE_PLUGIN(MakeEarlyStopping);

}  // namespace
}  // namespace toque
