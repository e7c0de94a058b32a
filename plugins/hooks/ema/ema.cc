#include <algorithm>

#include "framework/core/hook.h"
#include "framework/core/model_access.h"
#include "framework/shared/weight_average.h"
#include "plugins/hooks/ema/ema.pb.h"

namespace toque {
namespace {

class Ema : public Hook {
 public:
  explicit Ema(const recipe::Ema& options) : options_(options) {}

  std::vector<std::string> Evaluates() const override { return {"ema"}; }

  absl::Status BeforeTraining(Run& run) override {
    RETURN_IF_ERROR(
        WithinRun("start", options_.start(), options_.per(), run.progress));
    start_ = run.progress.Steps(options_.start(), options_.per());
    NamedTensors followed = Parameters(*run.model);
    if (options_.buffers() == recipe::Ema::AVERAGE) {
      for (auto& [name, buffer] : Buffers(*run.model)) {
        if (buffer.is_floating_point()) followed.emplace_back(name, buffer);
      }
    }
    return average_.Follow(followed);
  }

  absl::Status AfterStep(Run& run) override {
    const int64_t step = run.progress.step;
    if (static_cast<double>(step) > start_ &&
        step % options_.every_steps() == 0) {
      average_.Update(1 - Decay());
    }
    return absl::OkStatus();
  }

  absl::Status AfterEvaluation(Run& run) override {
    const bool raw = run.split == "eval" || run.split == "test";
    if (raw && average_.updates() > 0) run.Evaluate("ema", average_.Averages());
    return absl::OkStatus();
  }

  void Save(State* state) const override { average_.Save(state); }
  absl::Status Load(const State& state) override {
    return average_.Load(state);
  }

 private:
  double Decay() const {
    if (options_.warm_up() == recipe::Ema::NONE) return options_.decay();
    const auto t = static_cast<double>(average_.updates());
    return std::min(options_.decay(), (1 + t) / (10 + t));
  }

  const recipe::Ema options_;
  double start_ = 0;  // in steps
  WeightAverage average_;
};

Made<Hook> MakeEma(const recipe::Ema& options) {
  RETURN_IF_ERROR(Together({
      Within("decay", options.decay(), 0, 1),
      AtLeast("every_steps", options.every_steps(), 1),
      AtLeast("start", options.start(), 0),
  }));
  return std::make_unique<Ema>(options);
}

TOQUE_PLUGIN(MakeEma);

}  // namespace
}  // namespace toque
