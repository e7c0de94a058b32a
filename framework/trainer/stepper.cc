#include "framework/trainer/stepper.h"

#include <exception>

#include "c10/util/Exception.h"
#include "framework/core/model_access.h"
#include "framework/trainer/device.h"

namespace toque {
namespace {

// Runs `work`, and turns what LibTorch throws into an error. The one place
// where exceptions of a step end.
template <typename Work>
absl::Status Catching(const Work& work) {
  try {
    return work();
  } catch (const c10::Error& error) {
    return absl::InvalidArgumentError(error.what_without_backtrace());
  } catch (const std::exception& error) {
    return absl::InvalidArgumentError(error.what());
  }
}

}  // namespace

absl::Status CallHooks(const Parts& parts, absl::Status (Hook::*point)(Run&),
                       Run& run) {
  for (size_t i = 0; i < parts.hooks.size(); ++i) {
    const absl::Status status =
        Catching([&] { return ((*parts.hooks[i]).*point)(run); });
    if (!status.ok()) return AtPlace(status, absl::StrCat("hook[", i, "]"));
  }
  return absl::OkStatus();
}

void Move(Batch& batch, at::Device device, at::ScalarType type) {
  // The copies end before the loader writes into the batch's memory again.
  const bool converts =
      batch.input.is_floating_point() && batch.input.scalar_type() != type;
  if (converts) {
    batch.input = batch.input.to(device, type);
  } else if (batch.input.device() != device) {
    batch.input = batch.input.to(batch.input.options().device(device));
  }
  if (batch.target.device() != device) {
    batch.target = batch.target.to(batch.target.options().device(device));
  }
}

absl::Status PredictBatch(Run& run) {
  const absl::Status status = Catching([&run] {
    run.prediction.output = Predict(*run.model, run.batch.input);
    return absl::OkStatus();
  });
  return AtPlace(status, "model");
}

absl::Status Forward(const Parts& parts, Run& run) {
  RETURN_IF_ERROR(PredictBatch(run));
  const absl::Status status = Catching([&parts, &run] {
    run.loss = parts.loss->Compute(run.prediction, run.batch);
    return absl::OkStatus();
  });
  RETURN_IF_ERROR(AtPlace(status, "loss"));
  return CallHooks(parts, &Hook::AfterForward, run);
}

Stepper::Stepper(const Experiment& experiment, const Parts& parts, Run* run)
    : parts_(parts),
      run_(*run),
      seed_(experiment.seed()),
      type_(ScalarTypeOf(experiment.default_dtype())) {
  for (const Group& group : run->groups) {
    for (const auto& [name, parameter] : group.parameters) {
      parameters_.push_back(parameter);
    }
  }
}

absl::Status Stepper::MicroBatch(double share, bool last) {
  SetRates();
  Move(run_.batch, run_.device, type_);
  RETURN_IF_ERROR(TransformBatch());
  RETURN_IF_ERROR(Forward(parts_, run_));
  RETURN_IF_ERROR(CallHooks(parts_, &Hook::BeforeBackward, run_));
  RETURN_IF_ERROR(Backward(share));
  RETURN_IF_ERROR(CallHooks(parts_, &Hook::AfterBackward, run_));
  return last ? StepOptimizer() : absl::OkStatus();
}

absl::Status Stepper::TransformBatch() {
  for (size_t i = 0; i < parts_.train.batch_transforms.size(); ++i) {
    Rng rng(seed_, static_cast<uint64_t>(run_.progress.step), micro_batch_,
            static_cast<uint64_t>(Stream::kBatch) + i);
    const absl::Status status = Catching([&] {
      return parts_.train.batch_transforms[i]->Apply(run_.batch, rng);
    });
    if (!status.ok()) {
      return AtPlace(status, absl::StrCat("train.batch_transform[", i, "]"));
    }
  }
  ++micro_batch_;
  return absl::OkStatus();
}

absl::Status Stepper::Backward(double share) {
  at::Tensor total = run_.loss;
  if (run_.addition.defined()) total = total.add(run_.addition);
  // Micro-batches count by their examples, so that many small ones are one
  // large batch.
  if (share != 1) total = total.mul(share);
  const absl::Status status = Catching([&total] {
    total.backward();
    return absl::OkStatus();
  });
  RETURN_IF_ERROR(AtPlace(status, "backward"));
  run_.addition.reset();
  return absl::OkStatus();
}

absl::Status Stepper::StepOptimizer() {
  RETURN_IF_ERROR(CallHooks(parts_, &Hook::BeforeStep, run_));
  const absl::Status status =
      Catching([this] { return parts_.optimizer->Step({}); });
  RETURN_IF_ERROR(AtPlace(status, "optimizer"));
  ReleaseGradients();
  micro_batch_ = 0;
  ++run_.progress.step;
  return CallHooks(parts_, &Hook::AfterStep, run_);
}

void Stepper::SetRates() {
  double lr_factor = 1;
  double momentum_factor = 1;
  for (const auto& hook : parts_.hooks) {
    lr_factor *= hook->LrFactor(run_.progress);
    momentum_factor *= hook->MomentumFactor(run_.progress);
  }
  const double lr = parts_.optimizer->base_lr() * lr_factor;
  for (Group& group : run_.groups) {
    group.lr = lr * group.lr_scale;
    group.momentum_factor = momentum_factor;
  }
}

// Undefined, not zero: backward then hands over its own memory.
void Stepper::ReleaseGradients() {
  for (const at::Tensor& parameter : parameters_) {
    parameter.mutable_grad().reset();
  }
}

}  // namespace toque
