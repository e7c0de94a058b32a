#include "framework/core/hook.h"
#include "framework/core/model_access.h"
#include "framework/shared/weight_average.h"
#include "plugins/hooks/swa/swa.pb.h"

namespace toque {
namespace {

class Swa : public Hook {
 public:
  explicit Swa(const recipe::Swa& options) : options_(options) {}

  std::vector<std::string> Evaluates() const override { return {"swa"}; }

  absl::Status BeforeTraining(Run& run) override {
    RETURN_IF_ERROR(WithinRun("begin", static_cast<double>(options_.begin()),
                              options_.per(), run.progress));
    return mean_.Follow(Parameters(*run.model));
  }

  // An epoch's last step is within it, so that the evaluation at its end has
  // these weights in the mean.
  absl::Status AfterStep(Run& run) override {
    const Progress& progress = run.progress;
    const int64_t unit = options_.per() == EPOCH ? progress.steps_per_epoch : 1;
    const int64_t since = progress.step - options_.begin() * unit;
    if (since >= 0 && since % (options_.every() * unit) == 0) {
      mean_.Update(1 / static_cast<double>(mean_.updates() + 1));
    }
    return absl::OkStatus();
  }

  absl::Status AfterEvaluation(Run& run) override {
    const bool raw = run.split == "eval" || run.split == "test";
    if (raw && mean_.updates() > 0) {
      run.Evaluate("swa", mean_.Averages(), Statistics::kRecomputed);
    }
    return absl::OkStatus();
  }

  void Save(State* state) const override { mean_.Save(state); }
  absl::Status Load(const State& state) override { return mean_.Load(state); }

 private:
  const recipe::Swa options_;
  WeightAverage mean_;
};

Made<Hook> MakeSwa(const recipe::Swa& options) {
  RETURN_IF_ERROR(Given("begin", options.has_begin()));
  RETURN_IF_ERROR(Together({
      AtLeast("begin", options.begin(), 1),
      AtLeast("every", options.every(), 1),
  }));
  return std::make_unique<Swa>(options);
}

TOQUE_PLUGIN(MakeSwa);

}  // namespace
}  // namespace toque
