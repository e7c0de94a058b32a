#include <algorithm>
#include <cmath>

#include "ATen/ops/_foreach_mul.h"
#include "ATen/ops/_foreach_norm.h"
#include "ATen/ops/cat.h"
#include "ATen/ops/ones.h"
#include "ATen/ops/stack.h"
#include "framework/core/hook.h"
#include "framework/shared/gradients.h"
#include "framework/shared/small_tensor.h"
#include "plugins/hooks/clip_grad_norm/clip_grad_norm.pb.h"

namespace toque {
namespace {

using Options = recipe::ClipGradNorm;

// As PyTorch's, so that a norm of 0 is no fault.
constexpr double kEpsilon = 1e-6;

struct Step {
  int64_t number;
  bool watched;  // for overflows, by the trainer
  std::vector<const std::string*> names;
  std::vector<at::Tensor> gradients;
  at::Tensor norms;  // of each, on the device
};

class ClipGradNorm : public Hook {
 public:
  explicit ClipGradNorm(const Options& options)
      : options_(options),
        p_(options.norm_type()),
        continues_(options.on_non_finite() == Options::CONTINUE) {}

  std::vector<Published> Publishes() const override {
    return {{"grad_norm", Published::kTraining}};
  }

  absl::Status BeforeStep(Run& run) override {
    Step step = {run.progress.step, run.found_inf.defined(), {}, {}, {}};
    ForEachGradient(run, [&](const std::string& name, const at::Tensor& own) {
      step.names.push_back(&name);
      step.gradients.push_back(own);
    });
    if (step.names.empty()) return absl::OkStatus();
    if (run.device.is_cpu()) return ClipOnCpu(run, step);
    ClipOnDevice(run, step);
    return absl::OkStatus();
  }

  absl::Status Report(Run& run) override {
    if (run.phase != Phase::kTrain) return absl::OkStatus();
    RETURN_IF_ERROR(ReadDevice());
    if (count_ > 0) {
      run.metrics["grad_norm/train"] = sum_ / static_cast<double>(count_);
    }
    sum_ = 0;
    count_ = 0;
    return absl::OkStatus();
  }

 private:
  absl::Status ClipOnCpu(Run& run, const Step& step) {
    std::vector<double> norms;
    for (const at::Tensor& own : step.gradients) norms.push_back(Norm(own, p_));
    ASSIGN_OR_RETURN(const double norm, Take(step, norms.data()));
    if (!std::isfinite(norm) && !continues_) run.SkipStepIf(at::ones({}));
    const double factor = options_.max_norm() / (norm + kEpsilon);
    if (factor >= 1) return absl::OkStatus();
    for (const at::Tensor& own : step.gradients) Scale(own, factor);
    return absl::OkStatus();
  }

  // Reads nothing back: that waits for the end of the log interval.
  void ClipOnDevice(Run& run, Step& step) {
    step.norms = at::stack(at::_foreach_norm(step.gradients, p_));
    const at::Tensor norm = step.norms.norm(p_);
    const at::Tensor factor =
        norm.add(kEpsilon).reciprocal().mul(options_.max_norm()).clamp_max(1);
    at::_foreach_mul_(step.gradients, factor);
    if (!continues_) run.SkipStepIf(norm.isfinite().logical_not());
    step.gradients.clear();
    unread_.push_back(std::move(step));
  }

  absl::Status ReadDevice() {
    if (unread_.empty()) return absl::OkStatus();
    std::vector<at::Tensor> norms;
    for (const Step& step : unread_) norms.push_back(step.norms);
    const at::Tensor all = at::cat(norms).to(at::kCPU, at::kDouble);
    const double* next = all.const_data_ptr<double>();
    for (const Step& step : unread_) {
      RETURN_IF_ERROR(Take(step, next).status());
      next += step.names.size();
    }
    unread_.clear();
    return absl::OkStatus();
  }

  // The norm of all gradients together, which joins the mean, or the first of
  // `norms` that isn't finite, which doesn't.
  absl::StatusOr<double> Take(const Step& step, const double* norms) {
    double sum = 0;
    for (size_t i = 0; i < step.names.size(); ++i) {
      if (!std::isfinite(norms[i])) return TakeBad(step, i, norms[i]);
      sum = std::isinf(p_) ? std::max(sum, norms[i])
                           : sum + std::pow(norms[i], p_);
    }
    const double norm = std::isinf(p_) ? sum : std::pow(sum, 1 / p_);
    sum_ += norm;
    ++count_;
    return norm;
  }

  absl::StatusOr<double> TakeBad(const Step& step, size_t i, double norm) {
    if (step.watched || options_.on_non_finite() != Options::ERROR) return norm;
    return absl::OutOfRangeError(absl::StrCat(
        "the gradient of ", *step.names[i], " must be finite at step ",
        step.number, ", got norm ", norm));
  }

  const Options options_;
  const double p_;
  const bool continues_;
  std::vector<Step> unread_;
  double sum_ = 0;  // of the log interval's norms
  int64_t count_ = 0;
};

Made<Hook> MakeClipGradNorm(const Options& options) {
  RETURN_IF_ERROR(Given("max_norm", options.has_max_norm()));
  RETURN_IF_ERROR(Together({
      AboveOrInfinite("max_norm", options.max_norm(), 0),
      AboveOrInfinite("norm_type", options.norm_type(), 0),
  }));
  return std::make_unique<ClipGradNorm>(options);
}

TOQUE_PLUGIN(MakeClipGradNorm);

}  // namespace
}  // namespace toque
