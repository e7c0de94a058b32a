#include "framework/trainer/forward_pass.h"

#include "framework/core/model_access.h"
#include "framework/guarded.h"
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
  // The copies end before the loader writes into the batch's memory again.
  const bool converts =
      batch.input.is_floating_point() && batch.input.scalar_type() != type_;
  if (converts) {
    batch.input = batch.input.to(run_.device, type_);
  } else if (batch.input.device() != run_.device) {
    batch.input = batch.input.to(batch.input.options().device(run_.device));
  }
  if (channels_last_ && batch.input.dim() == 4) {
    batch.input = batch.input.contiguous(at::MemoryFormat::ChannelsLast);
  }
  if (batch.target.device() != run_.device) {
    batch.target = batch.target.to(batch.target.options().device(run_.device));
  }
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

absl::Status ForwardPass::ComputeLoss() {
  const absl::Status status = Guarded([this] {
    run_.loss = parts_.loss->Compute(run_.prediction, run_.batch);
    return absl::OkStatus();
  });
  return AtPlace(status, "loss");
}

absl::Status ForwardPass::All() {
  RETURN_IF_ERROR(Predict());
  RETURN_IF_ERROR(ComputeLoss());
  return CallHooks(parts_, &Hook::AfterForward, run_);
}

}  // namespace toque
