#include "framework/parts/device.h"

#include <sys/resource.h>

#include <cstdlib>
#include <mutex>

#include "ATen/Context.h"
#include "ATen/Parallel.h"
#include "ATen/Version.h"
#include "absl/strings/str_join.h"
#include "c10/core/CachingDeviceAllocator.h"
#include "torch/headeronly/version.h"

namespace toque {
namespace {

const at::Generator& GeneratorOf(at::Device device) {
  return at::globalContext().defaultGenerator(device);
}

}  // namespace

absl::StatusOr<at::Device> PrepareDevice(const Experiment& experiment) {
  if (experiment.gpus_size() > 0) {
    setenv("CUDA_VISIBLE_DEVICES",
           absl::StrJoin(experiment.gpus(), ",").c_str(), 1);
  }
  if (experiment.compute_threads() > 0) {
    at::set_num_threads(experiment.compute_threads());
  }
  at::globalContext().setDeterministicAlgorithms(experiment.deterministic(),
                                                 /*warn_only=*/false);
  at::globalContext().setDeterministicCuDNN(experiment.deterministic());
  if (experiment.deterministic()) {
    // cuBLAS is deterministic only with a fixed workspace.
    setenv("CUBLAS_WORKSPACE_CONFIG", ":4096:8", 0);
  }
  if (experiment.device() == CPU) return at::Device(at::kCPU);
  if (at::globalContext().hasCUDA()) return at::Device(at::kCUDA, 0);
  if (experiment.gpus_size() > 0) {
    return Invalid("gpus: no GPU is visible among those",
                   absl::StrJoin(experiment.gpus(), ", "));
  }
  if (experiment.device() == CUDA) {
    return Invalid(
        "device: CUDA needs a visible GPU and a build with --config=cuda");
  }
  return at::Device(at::kCPU);
}

void SeedGenerators(uint64_t seed) { at::manual_seed(seed); }

State GeneratorState(at::Device device) {
  State state;
  const auto save = [&state](const char* name, at::Device of) {
    at::Generator generator = GeneratorOf(of);
    const std::scoped_lock lock(generator.mutex());
    state.Set(name, generator.get_state());
  };
  save("cpu", at::kCPU);
  if (!device.is_cpu()) save("device", device);
  return state;
}

absl::Status SetGeneratorState(const State& state, at::Device device) {
  const auto load = [&state](const char* name, at::Device of) -> absl::Status {
    ASSIGN_OR_RETURN(const at::Tensor saved, state.Get(name));
    at::Generator generator = GeneratorOf(of);
    const std::scoped_lock lock(generator.mutex());
    generator.set_state(saved);
    return absl::OkStatus();
  };
  RETURN_IF_ERROR(load("cpu", at::kCPU));
  // A run that goes on on another device draws anew there.
  if (device.is_cpu() || !state.Has("device")) return absl::OkStatus();
  return load("device", device);
}

double PeakMemoryMib(at::Device device) {
  constexpr double kMib = 1 << 20;
  if (device.is_cpu()) {
    rusage usage = {};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) * 1024 / kMib;
  }
  const auto stats =
      c10::getDeviceAllocator(device.type())->getDeviceStats(device.index());
  return static_cast<double>(stats.allocated_bytes[0].peak) / kMib;
}

std::string LibTorchVersion() {
  return absl::StrCat(TORCH_VERSION, ", CPU ", at::get_cpu_capability(),
                      at::globalContext().hasCUDA() ? ", CUDA" : "");
}

}  // namespace toque
