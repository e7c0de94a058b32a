#include "framework/trainer/memory_format.h"

#include <algorithm>
#include <chrono>
#include <limits>

#include "framework/core/model_access.h"
#include "framework/guarded.h"
#include "framework/parts/device.h"
#include "framework/trainer/forward_pass.h"

namespace toque {
namespace {

constexpr int kRounds = 6;  // the first warms up

// Reads a value back, so that the device has finished.
void Wait(const NamedTensors& parameters) {
  for (const auto& [name, parameter] : parameters) {
    if (!parameter.grad().defined()) continue;
    parameter.grad().sum().item<double>();
    return;
  }
}

absl::StatusOr<double> SecondsOf(const Experiment& experiment,
                                 const Parts& parts, Run* run) {
  NamedTensors parameters = Parameters(*run->model);
  for (auto& own : parts.loss->Parameters()) parameters.push_back(own);
  const auto start = std::chrono::steady_clock::now();
  ForwardPass forward(experiment, parts, run);
  forward.Place();
  ResetState(*run->model);
  RETURN_IF_ERROR(forward.Predict());
  RETURN_IF_ERROR(forward.ComputeLoss());
  RETURN_IF_ERROR(Guarded([run] {
    run->loss.backward();
    return absl::OkStatus();
  }));
  Wait(parameters);
  const std::chrono::duration<double> seconds =
      std::chrono::steady_clock::now() - start;
  for (const auto& [name, parameter] : parameters) {
    parameter.mutable_grad().reset();
  }
  return seconds.count();
}

}  // namespace

void SetMemoryFormat(Model& model, Experiment::MemoryFormat format) {
  ToMemoryFormat(model, format == Experiment::CHANNELS_LAST
                            ? at::MemoryFormat::ChannelsLast
                            : at::MemoryFormat::Contiguous);
}

absl::StatusOr<Experiment::MemoryFormat> FasterMemoryFormat(
    const Experiment& experiment, const Parts& parts, Run* run) {
  NamedTensors buffers = Buffers(*run->model);
  for (auto& [name, buffer] : buffers) buffer = buffer.clone();
  const State generators = GeneratorState(run->device);
  const Batch batch = run->batch;
  Experiment tried = experiment;
  double best = std::numeric_limits<double>::infinity();
  Experiment::MemoryFormat faster = Experiment::CONTIGUOUS;
  for (int round = 0; round < kRounds; ++round) {
    for (const auto format :
         {Experiment::CONTIGUOUS, Experiment::CHANNELS_LAST}) {
      tried.set_memory_format(format);
      SetMemoryFormat(*run->model, format);
      run->batch = batch;
      ASSIGN_OR_RETURN(const double seconds, SecondsOf(tried, parts, run));
      if (round == 0 || seconds >= best) continue;
      best = seconds;
      faster = format;
    }
  }
  SetMemoryFormat(*run->model, Experiment::CONTIGUOUS);
  const NamedTensors now = Buffers(*run->model);
  for (size_t i = 0; i < now.size(); ++i)
    now[i].second.copy_(buffers[i].second);
  RETURN_IF_ERROR(SetGeneratorState(generators, run->device));
  return faster;
}

}  // namespace toque
