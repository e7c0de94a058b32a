#include "framework/trainer/forward_pass.h"

#include <cmath>

#include "framework/core/model_access.h"
#include "framework/guarded.h"
#include "framework/layers/observer.h"
#include "framework/parts/device.h"
#include "framework/trainer/precision.h"

namespace toque {

absl::Status CallHooks(const Parts& parts, absl::Status (Hook::*point)(Run&),
                       Run& run) {
  for (size_t i = 0; i < parts.hooks.size(); ++i) {
    const absl::Status status =
        Guarded([&] { return ((*parts.hooks[i]).*point)(run); });
    if (!status.ok()) return AtPlace(status, parts.hook_places[i]);
  }
  return absl::OkStatus();
}

ForwardPass::ForwardPass(const Experiment& experiment, const Parts& parts,
                         Run* run)
    : parts_(parts),
      run_(*run),
      precision_(experiment.precision()),
      type_(ScalarTypeOf(experiment.default_dtype())),
      channels_last_(experiment.memory_format() == Experiment::CHANNELS_LAST),
      taps_(parts.loss->Taps()) {}

void ForwardPass::Place() {
  Batch& batch = run_.batch;
  // The copies end before the loader writes into the batch's memory again. They
  // come before the conversion: bytes and 16 bits are faster to copy.
  if (batch.input.device() != run_.device) {
    batch.input = batch.input.to(batch.input.options().device(run_.device));
  }
  if (batch.scale.defined()) NormaliseBytes();
  if (batch.input.is_floating_point() && batch.input.scalar_type() != type_) {
    batch.input = batch.input.to(type_);
  }
  if (channels_last_ && batch.input.dim() == 4) {
    batch.input = batch.input.contiguous(at::MemoryFormat::ChannelsLast);
  }
  if (batch.target.device() != run_.device) {
    batch.target = batch.target.to(batch.target.options().device(run_.device));
  }
}

void ForwardPass::NormaliseBytes() {
  Batch& batch = run_.batch;
  if (!scale_of_.is_same(batch.scale)) {
    const auto type = type_ == at::kDouble ? at::kDouble : at::kFloat;
    const std::vector<int64_t> shape = {batch.scale.size(0), 1, 1};
    scale_of_ = batch.scale;
    scale_ = batch.scale.to(at::kDouble).div(255).view(shape);
    scale_ = scale_.to(run_.device, type);
    shift_ = batch.shift.view(shape).to(run_.device, type);
  }
  batch.input = batch.input.mul(scale_).add_(shift_);
  batch.scale.reset();
  batch.shift.reset();
}

absl::Status ForwardPass::Predict() {
  const absl::Status status = Guarded([this] {
    const PrecisionScope precision(precision_, run_.device);
    Prediction& prediction = run_.prediction;
    prediction.output = taps_.empty()
                            ? toque::Predict(*run_.model, run_.batch.input)
                            : toque::Predict(*run_.model, run_.batch.input,
                                             taps_, &prediction.taps);
    return absl::OkStatus();
  });
  if (precision_ != Experiment::FP32 && status.ok()) {
    // Losses and metrics see what they would without.
    run_.prediction.output = run_.prediction.output.to(type_);
    for (auto& [path, tap] : run_.prediction.taps) tap = tap.to(type_);
  }
  return AtPlace(status, "model");
}

absl::Status ForwardPass::AverageViews(Section::Average average) {
  const int64_t views = run_.batch.views;
  if (views == 1) return absl::OkStatus();
  const auto split = [views](const at::Tensor& of_views) {
    return of_views.unflatten(0, {-1, views});
  };
  const absl::Status status = Guarded([&]() -> absl::Status {
    at::Tensor& output = run_.prediction.output;
    for (auto& [path, tap] : run_.prediction.taps) tap = split(tap).mean(1);
    if (average == Section::LOGITS) {
      output = split(output).mean(1);
      return absl::OkStatus();
    }
    if (output.dim() < 2) {
      return Invalid("PROBABILITIES needs scores of classes, [N, C, ...]",
                     absl::StrCat(output.dim(), " dimensions"));
    }
    output = split(output.log_softmax(1))
                 .logsumexp(1)
                 .sub(std::log(static_cast<double>(views)));
    return absl::OkStatus();
  });
  return AtPlace(status, "average");
}

absl::Status ForwardPass::ComputeLoss() {
  const absl::Status status = Guarded([this] {
    run_.loss = parts_.loss->Compute(run_.prediction, run_.batch);
    return absl::OkStatus();
  });
  return AtPlace(status, "loss");
}

// Predict, seen by the hooks from `hook` on that want to.
absl::Status ForwardPass::PredictObserved(size_t hook) {
  for (; hook < parts_.hooks.size(); ++hook) {
    const auto observer = Guarded([&]() -> absl::StatusOr<Observer*> {
      return parts_.hooks[hook]->Observes(run_);
    });
    if (!observer.ok()) {
      return AtPlace(observer.status(), parts_.hook_places[hook]);
    }
    if (*observer == nullptr) continue;
    const ObserverScope scope(*observer);
    return PredictObserved(hook + 1);
  }
  return Predict();
}

absl::Status ForwardPass::All() {
  RETURN_IF_ERROR(PredictObserved());
  RETURN_IF_ERROR(ComputeLoss());
  return CallHooks(parts_, &Hook::AfterForward, run_);
}

absl::Status ForwardPass::All(Section::Average average) {
  RETURN_IF_ERROR(PredictObserved());
  RETURN_IF_ERROR(AverageViews(average));
  RETURN_IF_ERROR(ComputeLoss());
  return CallHooks(parts_, &Hook::AfterForward, run_);
}

}  // namespace toque
