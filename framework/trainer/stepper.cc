#include "framework/trainer/stepper.h"

#include <algorithm>
#include <stdexcept>
#include <string>

#include "c10/core/GradMode.h"
#include "framework/core/model_access.h"
#include "framework/guarded.h"
#include "framework/parts/device.h"

namespace toque {
namespace {

// Whether a target has a value for each of `steps` time steps: [N, T, ...].
bool IsPerStep(const at::Tensor& target, int64_t steps) {
  return target.dim() >= 2 && target.size(1) == steps;
}

}  // namespace

Stepper::Stepper(const Experiment& experiment, const Parts& parts, Run* run,
                 ForwardPass* forward)
    : parts_(parts),
      run_(*run),
      forward_(*forward),
      seed_(experiment.seed()),
      tbptt_steps_(experiment.train().tbptt_steps()) {
  for (const Group& group : run->groups) {
    for (const auto& [name, parameter] : group.parameters) {
      parameters_.push_back(parameter);
    }
  }
  if (experiment.precision() == Experiment::FP16) {
    scaler_.emplace(experiment.loss_scale(), run->device);
  }
  if (parts.optimizer->NeedsReevaluation()) {
    context_.reevaluate = [this] { return Reevaluate(); };
  }
}

absl::Status Stepper::MicroBatch(double share, bool last) {
  return Guarded([&] { return TrainMicroBatch(share, last); });
}

absl::Status Stepper::TrainMicroBatch(double share, bool last) {
  run_.examples += run_.batch.size();
  SetRates();
  forward_.Place();
  RETURN_IF_ERROR(TransformBatch());
  ResetState(*run_.model);
  if (context_.reevaluate) generators_ = GeneratorState(run_.device);
  RETURN_IF_ERROR(tbptt_steps_ == 0 ? TrainOn(share) : TrainOnPieces(share));
  return last ? StepOptimizer() : absl::OkStatus();
}

absl::Status Stepper::TransformBatch() {
  for (size_t i = 0; i < parts_.train.batch_transforms.size(); ++i) {
    Rng rng(seed_, static_cast<uint64_t>(run_.progress.step), micro_batch_,
            static_cast<uint64_t>(Stream::kBatch) + i);
    const absl::Status status = Guarded([&] {
      return parts_.train.batch_transforms[i]->Apply(run_.batch, rng);
    });
    if (!status.ok()) {
      return AtPlace(status, absl::StrCat("train.batch_transform[", i, "]"));
    }
  }
  ++micro_batch_;
  return absl::OkStatus();
}

// Forward and backward of what run.batch holds.
absl::Status Stepper::TrainOn(double share) {
  RETURN_IF_ERROR(forward_.All());
  RETURN_IF_ERROR(CallHooks(parts_, &Hook::BeforeBackward, run_));
  RETURN_IF_ERROR(Backward(share));
  return CallHooks(parts_, &Hook::AfterBackward, run_);
}

// Back-propagation through time, truncated: the model's state goes on from
// piece to piece and gradients don't. Where the target is one of the whole
// sequence, it is learned from the last piece.
absl::Status Stepper::TrainOnPieces(double share) {
  const Batch whole = run_.batch;
  const int64_t steps = whole.input.dim() < 2 ? 1 : whole.input.size(1);
  const bool per_step = IsPerStep(whole.target, steps);
  at::Tensor loss;
  for (int64_t begin = 0; begin < steps; begin += tbptt_steps_) {
    const int64_t length = std::min(tbptt_steps_, steps - begin);
    run_.batch.input = whole.input.narrow(1, begin, length);
    if (per_step) run_.batch.target = whole.target.narrow(1, begin, length);
    if (per_step || begin + length == steps) {
      const double part =
          per_step ? static_cast<double>(length) / static_cast<double>(steps)
                   : 1;
      RETURN_IF_ERROR(TrainOn(share * part));
      const at::Tensor weighted = run_.loss.detach().mul(part);
      loss = loss.defined() ? loss.add(weighted) : weighted;
    } else {
      const c10::AutoGradMode no_gradients(false);
      RETURN_IF_ERROR(forward_.Predict());
    }
    DetachState(*run_.model);
  }
  run_.batch = whole;
  run_.loss = loss;
  return absl::OkStatus();
}

absl::Status Stepper::Backward(double share) {
  at::Tensor total = run_.loss;
  if (run_.addition.defined()) total = total.add(run_.addition);
  // Micro-batches count by their examples, so that many small ones are one
  // large batch.
  if (share != 1) total = total.mul(share);
  if (scaler_) total = scaler_->Scale(total);
  const absl::Status status = Guarded([&total] {
    total.backward();
    return absl::OkStatus();
  });
  RETURN_IF_ERROR(AtPlace(status, "backward"));
  run_.addition.reset();
  return absl::OkStatus();
}

absl::Status Stepper::StepOptimizer() {
  if (scaler_) Unscale();
  RETURN_IF_ERROR(CallHooks(parts_, &Hook::BeforeStep, run_));
  context_.found_inf = run_.found_inf;
  const at::Tensor loss = run_.loss;
  const absl::Status status =
      Guarded([this] { return parts_.optimizer->Step(context_); });
  RETURN_IF_ERROR(AtPlace(status, "optimizer"));
  run_.loss = loss;
  if (scaler_) scaler_->Update(run_.found_inf);
  run_.found_inf.reset();
  ReleaseGradients();
  micro_batch_ = 0;
  ++run_.progress.step;
  return CallHooks(parts_, &Hook::AfterStep, run_);
}

// For optimizers that look at several points a step, with the same dropout at
// each. Errors are thrown, through the optimizer and back to StepOptimizer.
at::Tensor Stepper::Reevaluate() {
  const auto or_throw = [](const absl::Status& status) {
    if (!status.ok()) throw std::runtime_error(std::string(status.message()));
  };
  const c10::AutoGradMode gradients(true);
  ReleaseGradients();
  ResetState(*run_.model);
  or_throw(SetGeneratorState(generators_, run_.device));
  or_throw(forward_.Predict());
  or_throw(forward_.ComputeLoss());
  or_throw(CallHooks(parts_, &Hook::BeforeBackward, run_));
  const at::Tensor addition = run_.addition;
  or_throw(Backward(/*share=*/1));
  or_throw(CallHooks(parts_, &Hook::BeforeStep, run_));
  const at::Tensor loss = run_.loss.detach();
  return addition.defined() ? loss.add(addition.detach()) : loss;
}

void Stepper::Unscale() {
  std::vector<at::Tensor> gradients;
  for (const at::Tensor& parameter : parameters_) {
    if (parameter.grad().defined()) gradients.push_back(parameter.grad());
  }
  run_.found_inf = scaler_->Unscale(gradients);
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

void Stepper::Report(Metrics* metrics) const {
  if (scaler_) (*metrics)["loss_scale"] = scaler_->scale();
}

State Stepper::Save() const {
  State state;
  if (scaler_) scaler_->Save(&state);
  return state;
}

absl::Status Stepper::Load(const State& state) {
  // A run that goes on in another precision begins with a scale of its own.
  if (!scaler_ || state.tensors().empty()) return absl::OkStatus();
  return scaler_->Load(state);
}

}  // namespace toque
