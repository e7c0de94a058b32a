// Evaluations: of the weights at hand, and of others that hooks ask for.

#include <algorithm>
#include <string>
#include <utility>

#include "c10/core/GradMode.h"
#include "framework/core/model_access.h"
#include "framework/guarded.h"
#include "framework/parts/device.h"
#include "framework/trainer/trainer.h"
#include "glog/logging.h"

namespace toque {
namespace {

// Swaps named parameters and buffers of a model for other values, and back.
// With `keep_buffers`, buffers that are not named come back too.
class SwapScope {
 public:
  SwapScope(Model& model, NamedTensors weights, bool keep_buffers) {
    const NamedTensors buffers = Buffers(model);
    std::map<std::string, at::Tensor> by_name(buffers.begin(), buffers.end());
    for (const auto& parameter : Parameters(model)) by_name.insert(parameter);
    // Named twice, they come back to what they were first: see the destructor.
    if (keep_buffers) {
      weights.insert(weights.begin(), buffers.begin(), buffers.end());
    }
    for (auto& [name, value] : weights) {
      CHECK(by_name.contains(name)) << "the model has no " << name;
      const at::Tensor& own = by_name.at(name);
      swapped_.emplace_back(own, own.detach().clone());
      own.detach().copy_(value);
    }
  }
  ~SwapScope() {
    for (auto i = swapped_.rbegin(); i != swapped_.rend(); ++i) {
      i->first.detach().copy_(i->second);
    }
  }
  SwapScope(const SwapScope&) = delete;
  SwapScope& operator=(const SwapScope&) = delete;

 private:
  std::vector<std::pair<at::Tensor, at::Tensor>> swapped_;
};

}  // namespace

absl::StatusOr<Metrics> Trainer::EvaluateOnce(const std::string& split,
                                              Run::Evaluation with) {
  if (split != "eval" && split != "test") {
    return Invalid("split must be eval or test", split);
  }
  auto& section = split == "test" ? parts_.test : parts_.eval;
  if (!section) {
    return Invalid(
        absl::StrCat("the experiment must have a section \"", split, "\""));
  }
  if (with.suffix.empty()) {
    RETURN_IF_ERROR(Evaluate(*section, split));
  } else {
    const std::string name = absl::StrCat(split, "_", with.suffix);
    RETURN_IF_ERROR(EvaluateWith(*section, name, std::move(with)));
  }
  return run_.metrics;
}

absl::Status Trainer::Evaluate(SectionParts& section,
                               const std::string& split) {
  RETURN_IF_ERROR(EvaluateWith(section, split, {}));
  if (split == "eval") evaluated_step_ = run_.progress.step;
  // What hooks asked for on seeing that; they may not ask again.
  for (auto& evaluation : std::exchange(run_.evaluations, {})) {
    const std::string name = absl::StrCat(split, "_", evaluation.suffix);
    RETURN_IF_ERROR(EvaluateWith(section, name, std::move(evaluation)));
  }
  run_.evaluations.clear();
  return absl::OkStatus();
}

absl::Status Trainer::EvaluateWith(SectionParts& section,
                                   const std::string& split,
                                   Run::Evaluation with) {
  BeginEvaluation(split);
  LossLog losses;
  int64_t broken = 0;
  {
    const c10::AutoGradMode no_gradients(false);
    const bool recompute = with.statistics == Statistics::kRecomputed;
    const SwapScope swapped(*run_.model, std::move(with.weights), recompute);
    if (recompute) {
      RETURN_IF_ERROR(AtPlace(RecomputeStatistics(), split));
    }
    const ModeScope mode(*run_.model, /*training=*/false);
    RETURN_IF_ERROR(AtPlace(ForwardSection(section, &losses, &broken), split));
  }
  run_.metrics["loss/" + split] = losses.Read().mean;
  ReportBroken(split, broken);
  RETURN_IF_ERROR(CallHooks(parts_, &Hook::Report, run_));
  RETURN_IF_ERROR(Report("/" + split));
  RETURN_IF_ERROR(CallHooks(parts_, &Hook::AfterEvaluation, run_));
  EndEvaluation();
  return absl::OkStatus();
}

void Trainer::BeginEvaluation(const std::string& split) {
  const auto bank = std::find(banks_.begin(), banks_.end(), split);
  run_.bank = static_cast<size_t>(bank - banks_.begin());
  if (bank == banks_.end()) banks_.push_back(split);
  run_.split = split;
  run_.phase = Phase::kEvaluate;
}

void Trainer::EndEvaluation() {
  run_.split = "train";
  run_.bank = 0;
  run_.phase = Phase::kTrain;
  // An evaluation's time is not the next interval's.
  interval_start_ = std::chrono::steady_clock::now();
}

// A few batches of "eval" before the first step: what is wrong with it should
// not be found an epoch later. Their metrics are forgotten.
absl::Status Trainer::TryEvaluation() {
  if (!parts_.eval || experiment_.sanity_batches() == 0) {
    return absl::OkStatus();
  }
  LoaderOptions options = LoaderOf(*parts_.eval, /*training=*/false);
  options.threads = 0;
  auto loader = Loader::Start(options);
  if (!loader.ok()) return AtPlace(loader.status(), "eval");
  const Metrics before = run_.metrics;
  BeginEvaluation("eval");
  LossLog losses;
  {
    const c10::AutoGradMode no_gradients(false);
    const ModeScope mode(*run_.model, /*training=*/false);
    const int64_t batches = std::min<int64_t>(experiment_.sanity_batches(),
                                              (*loader)->batches_per_epoch());
    RETURN_IF_ERROR(AtPlace(
        ForwardAll(**loader, batches, parts_.eval->section.average(), &losses),
        "eval"));
  }
  // So that hooks start anew. That these examples are too few for a metric is
  // no fault, and must not keep the hooks after it from their report.
  for (const auto& hook : parts_.hooks) {
    Guarded([&] { return hook->Report(run_); }).IgnoreError();
  }
  run_.metrics = before;
  EndEvaluation();
  return absl::OkStatus();
}

// Batch-norm statistics of the weights at hand, over an epoch of training
// batches. Training's own random numbers stay as they are.
absl::Status Trainer::RecomputeStatistics() {
  LoaderOptions options = LoaderOf(parts_.train, /*training=*/true);
  options.batch = 0;
  ASSIGN_OR_RETURN(auto loader, Loader::Start(options));
  const State generators = GeneratorState(run_.device);
  int64_t batches = loader->batches_per_epoch();
  if (experiment_.fast_dev_run() > 0) {
    batches = std::min<int64_t>(batches, experiment_.fast_dev_run());
  }
  const auto forward_all = [this, &loader, batches]() -> absl::Status {
    for (int64_t i = 0; i < batches; ++i) {
      RETURN_IF_ERROR(loader->Next(&run_.batch));
      forward_->Place();
      ResetState(*run_.model);
      RETURN_IF_ERROR(forward_->Predict());
    }
    return absl::OkStatus();
  };
  RETURN_IF_ERROR(toque::RecomputeStatistics(*run_.model, forward_all));
  return SetGeneratorState(generators, run_.device);
}

absl::Status Trainer::ForwardSection(SectionParts& section, LossLog* losses,
                                     int64_t* broken) {
  // The loader of "eval" goes on from one evaluation to the next.
  const bool kept = parts_.eval && &section == &*parts_.eval &&
                    experiment_.fast_dev_run() == 0;
  std::unique_ptr<Loader> once;
  std::unique_ptr<Loader>& loader = kept ? eval_loader_ : once;
  if (loader == nullptr) {
    ASSIGN_OR_RETURN(loader,
                     Loader::Start(LoaderOf(section, /*training=*/false)));
  }
  int64_t batches = loader->batches_per_epoch();
  if (experiment_.fast_dev_run() > 0) {
    batches = std::min<int64_t>(batches, experiment_.fast_dev_run());
  }
  const int64_t before = loader->broken();
  RETURN_IF_ERROR(
      ForwardAll(*loader, batches, section.section.average(), losses));
  *broken = loader->broken() - before;
  return absl::OkStatus();
}

absl::Status Trainer::ForwardAll(Loader& loader, int64_t batches,
                                 Section::Average average, LossLog* losses) {
  for (int64_t i = 0; i < batches; ++i) {
    RETURN_IF_ERROR(loader.Next(&run_.batch));
    forward_->Place();
    ResetState(*run_.model);
    RETURN_IF_ERROR(forward_->All(average));
    losses->Add(run_.loss, run_.batch.size(), run_.progress.step, 0);
  }
  return absl::OkStatus();
}

}  // namespace toque
