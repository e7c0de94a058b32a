// The device a run works on, and its generators.

#ifndef TOQUE_FRAMEWORK_PARTS_DEVICE_H_
#define TOQUE_FRAMEWORK_PARTS_DEVICE_H_

#include <cstdint>
#include <string>

#include "ATen/core/Tensor.h"
#include "framework/core/dtype.h"
#include "framework/core/state.h"
#include "framework/experiment.pb.h"

namespace toque {

// Puts the experiment's choices into effect for the whole process: visible
// GPUs, threads, determinism. Returns the device; an error where CUDA is asked
// for and there is none. Before anything else touches a device.
absl::StatusOr<at::Device> PrepareDevice(const Experiment& experiment);

// Seeds the default generators of all devices.
void SeedGenerators(uint64_t seed);
// The state of the default generators of the CPU and of `device`.
State GeneratorState(at::Device device);
absl::Status SetGeneratorState(const State& state, at::Device device);

// The most memory the process has taken so far, in MiB: of the device's
// allocator on a GPU, else all that was resident.
double PeakMemoryMib(at::Device device);

// "LibTorch 2.11.0, CUDA 13.0" and the like, for environment.json.
std::string LibTorchVersion();

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_PARTS_DEVICE_H_
