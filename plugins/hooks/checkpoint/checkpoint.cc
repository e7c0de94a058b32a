#include <cmath>
#include <optional>

#include "absl/strings/str_format.h"
#include "framework/core/hook.h"
#include "framework/shared/watched_metric.h"
#include "plugins/hooks/checkpoint/checkpoint.pb.h"

namespace toque {
namespace {

std::string NameOf(int64_t epoch) {
  return absl::StrFormat("epoch_%04d", epoch);
}

class Checkpoint : public Hook {
 public:
  explicit Checkpoint(const recipe::Checkpoint& options) : options_(options) {}

  std::vector<std::string> Needs() const override {
    if (options_.metric().empty()) return {};
    return {options_.metric()};
  }

  std::vector<std::string> Checkpoints() const override {
    if (options_.metric().empty()) return {};
    return {options_.name()};
  }

  absl::Status AfterEvaluation(Run& run) override {
    const auto value = Watched(run, options_.metric());
    if (value.has_value() && IsBest(*value)) {
      best_ = value;
      run.RequestCheckpoint(options_.name());
    }
    return absl::OkStatus();
  }

  absl::Status AfterEpoch(Run& run) override {
    const int64_t every = options_.every_epochs();
    const int64_t epoch = run.progress.epoch;
    if (every == 0 || epoch % every != 0) return absl::OkStatus();
    run.RequestCheckpoint(NameOf(epoch));
    if (options_.keep() == 0) return absl::OkStatus();
    const int64_t old = epoch - every * options_.keep();
    if (old > 0) run.RemoveCheckpoint(NameOf(old));
    return absl::OkStatus();
  }

  absl::Status AfterTraining(Run&) override {
    WarnUnlessSeen(options_.metric(),
                   options_.metric().empty() || best_.has_value());
    return absl::OkStatus();
  }

  void Save(State* state) const override {
    if (best_.has_value()) state->SetNumber("best", *best_);
  }
  absl::Status Load(const State& state) override {
    best_.reset();
    if (!state.Has("best")) return absl::OkStatus();
    ASSIGN_OR_RETURN(best_, state.GetNumber("best"));
    return absl::OkStatus();
  }

 private:
  bool IsBest(double value) const {
    if (!std::isfinite(value)) return false;
    if (!best_.has_value()) return true;
    return LessIsBetter(options_.metric(), options_.mode()) ? value < *best_
                                                            : value > *best_;
  }

  recipe::Checkpoint options_;
  std::optional<double> best_;
};

absl::Status CheckBestName(const std::string& name) {
  RETURN_IF_ERROR(CheckName(name));
  if (name != "last" && name != "failed" && !name.starts_with("epoch_")) {
    return absl::OkStatus();
  }
  return Invalid("name must not be that of another checkpoint", name);
}

Made<Hook> MakeCheckpoint(const recipe::Checkpoint& options) {
  const std::string& metric = options.metric();
  RETURN_IF_ERROR(Together({
      metric.empty() ? absl::OkStatus() : CheckWatched(metric),
      CheckBestName(options.name()),
      AtLeast("every_epochs", options.every_epochs(), 0),
      AtLeast("keep", options.keep(), 0),
  }));
  return std::make_unique<Checkpoint>(options);
}

TOQUE_PLUGIN(MakeCheckpoint);

}  // namespace
}  // namespace toque
