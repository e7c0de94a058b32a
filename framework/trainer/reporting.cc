// What a trainer reports: the log of training and evaluations.

#include <algorithm>
#include <string>
#include <utility>

#include "ATen/core/Tensor.h"
#include "absl/strings/str_format.h"
#include "c10/core/GradMode.h"
#include "framework/core/model_access.h"
#include "framework/trainer/device.h"
#include "framework/trainer/trainer.h"
#include "glog/logging.h"

namespace toque {
namespace {

// Swaps named parameters and buffers of a model for other values, and back.
class SwapScope {
 public:
  SwapScope(Model& model, NamedTensors weights) {
    std::map<std::string, at::Tensor> by_name;
    for (const auto& tensors : {Parameters(model), Buffers(model)}) {
      by_name.insert(tensors.begin(), tensors.end());
    }
    for (auto& [name, value] : weights) {
      CHECK(by_name.contains(name)) << "the model has no " << name;
      const at::Tensor& own = by_name.at(name);
      swapped_.emplace_back(own, own.detach().clone());
      own.detach().copy_(value);
    }
  }
  ~SwapScope() {
    for (auto& [own, before] : swapped_) own.detach().copy_(before);
  }
  SwapScope(const SwapScope&) = delete;
  SwapScope& operator=(const SwapScope&) = delete;

 private:
  std::vector<std::pair<at::Tensor, at::Tensor>> swapped_;
};

}  // namespace

// Ends a log interval.
absl::Status Trainer::Log() {
  if (losses_.empty()) return absl::OkStatus();
  const LossLog::Reading reading = losses_.Read();
  RETURN_IF_ERROR(CheckFinite(reading));
  const auto now = std::chrono::steady_clock::now();
  const std::chrono::duration<double> seconds =
      now - std::exchange(interval_start_, now);
  run_.metrics["loss/train"] = reading.mean;
  for (const Group& group : run_.groups) {
    run_.metrics["lr/" + group.name] = group.lr;
  }
  run_.metrics["examples_per_second"] =
      static_cast<double>(reading.examples) / seconds.count();
  for (auto& [name, added] : run_.added) {
    run_.metrics[name + "/train"] =
        added.sum.item<double>() / static_cast<double>(added.count);
  }
  run_.added.clear();
  RETURN_IF_ERROR(CallHooks(parts_, &Hook::Report, run_));
  Metrics line;
  for (const auto& [name, value] : run_.metrics) {
    if (name.ends_with("/train") || name.starts_with("lr/") ||
        name == "examples_per_second") {
      line.emplace(name, value);
    }
  }
  RETURN_IF_ERROR(metrics_log_.Append(run_.progress, line));
  return CallHooks(parts_, &Hook::AfterLog, run_);
}

absl::Status Trainer::CheckFinite(const LossLog::Reading& reading) {
  if (!reading.first_bad) return absl::OkStatus();
  const std::string what = absl::StrFormat(
      "step %d: the loss must be finite, got %g at rate %g",
      reading.first_bad->step, reading.first_bad->loss, reading.first_bad->lr);
  if (experiment_.non_finite() == STOP) return absl::OutOfRangeError(what);
  LOG(WARNING) << what;
  return absl::OkStatus();
}

absl::StatusOr<Metrics> Trainer::EvaluateOnce(const std::string& split) {
  auto& section = split == "test" ? parts_.test : parts_.eval;
  if (!section) {
    return Invalid(
        absl::StrCat("the experiment must have a section \"", split, "\""));
  }
  RETURN_IF_ERROR(Evaluate(*section, split));
  return run_.metrics;
}

absl::Status Trainer::Evaluate(SectionParts& section,
                               const std::string& split) {
  RETURN_IF_ERROR(EvaluateWith(section, split, {}));
  if (split == "eval") evaluated_step_ = run_.progress.step;
  // What hooks asked for on seeing that; they may not ask again.
  for (auto& evaluation : std::exchange(run_.evaluations, {})) {
    RETURN_IF_ERROR(EvaluateWith(section, split + "_" + evaluation.suffix,
                                 std::move(evaluation.weights)));
  }
  run_.evaluations.clear();
  return absl::OkStatus();
}

absl::Status Trainer::EvaluateWith(SectionParts& section,
                                   const std::string& split,
                                   NamedTensors weights) {
  const auto bank = std::find(banks_.begin(), banks_.end(), split);
  run_.bank = static_cast<size_t>(bank - banks_.begin());
  if (bank == banks_.end()) banks_.push_back(split);
  run_.split = split;
  run_.phase = Phase::kEvaluate;
  LossLog losses;
  {
    const c10::AutoGradMode no_gradients(false);
    const SwapScope swapped(*run_.model, std::move(weights));
    const ModeScope mode(*run_.model, /*training=*/false);
    std::unique_ptr<Loader> once;
    const bool kept = parts_.eval && &section == &*parts_.eval;
    std::unique_ptr<Loader>& loader = kept ? eval_loader_ : once;
    if (loader == nullptr) {
      auto started = Loader::Start(LoaderOf(section, /*training=*/false));
      if (!started.ok()) return AtPlace(started.status(), split);
      loader = *std::move(started);
    }
    RETURN_IF_ERROR(AtPlace(ForwardAll(*loader, &losses), split));
  }
  run_.metrics["loss/" + split] = losses.Read().mean;
  RETURN_IF_ERROR(CallHooks(parts_, &Hook::Report, run_));
  RETURN_IF_ERROR(Report("/" + split));
  RETURN_IF_ERROR(CallHooks(parts_, &Hook::AfterEvaluation, run_));
  run_.split = "train";
  run_.bank = 0;
  run_.phase = Phase::kTrain;
  // An evaluation's time is not the next interval's.
  interval_start_ = std::chrono::steady_clock::now();
  return absl::OkStatus();
}

absl::Status Trainer::ForwardAll(Loader& loader, LossLog* losses) {
  const at::ScalarType type = ScalarTypeOf(experiment_.default_dtype());
  for (int64_t i = 0; i < loader.batches_per_epoch(); ++i) {
    RETURN_IF_ERROR(loader.Next(&run_.batch));
    Move(run_.batch, run_.device, type);
    RETURN_IF_ERROR(Forward(parts_, run_));
    losses->Add(run_.loss, run_.batch.size(), run_.progress.step, 0);
  }
  return absl::OkStatus();
}

// Writes the metrics of one evaluation as a line.
absl::Status Trainer::Report(const std::string& suffix) {
  Metrics line;
  for (const auto& [name, value] : run_.metrics) {
    if (name.ends_with(suffix)) line.emplace(name, value);
  }
  return metrics_log_.Append(run_.progress, line);
}

}  // namespace toque
