#include <filesystem>

#include "absl/strings/str_format.h"
#include "framework/core/hook.h"
#include "framework/core/model_access.h"
#include "framework/layers/observer.h"
#include "framework/shared/name_patterns.h"
#include "framework/weights/safetensors.h"
#include "glog/logging.h"
#include "plugins/hooks/dump/dump.pb.h"

namespace toque {
namespace {

using Options = recipe::Dump;
// What of a run is written.
struct Chosen {
  NamePatterns activations, gradients, weights;
};

NamedTensors ParametersAndBuffers(const Model& model) {
  NamedTensors all = Parameters(model);
  for (auto& buffer : Buffers(model)) all.push_back(std::move(buffer));
  return all;
}

class Dump : public Hook, public Observer {
 public:
  Dump(const Options& options, Chosen chosen)
      : options_(options), chosen_(std::move(chosen)) {}

  absl::Status BeforeTraining(Run& run) override {
    const absl::Status fits =
        WithinRun("every_steps", static_cast<double>(options_.every_steps()),
                  STEP, run.progress);
    if (options_.has_every_steps()) RETURN_IF_ERROR(fits);
    if (!fits.ok()) LOG(WARNING) << fits.message() << ": nothing is written";
    std::vector<std::string> parameters, weights;
    for (const auto& [name, tensor] : Parameters(*run.model)) {
      parameters.push_back(name);
    }
    for (const auto& [name, tensor] : ParametersAndBuffers(*run.model)) {
      weights.push_back(name);
    }
    std::vector<std::string> paths = BlockPaths(*run.model);
    paths.emplace_back();  // the model's own
    return Together(
        {chosen_.activations.CheckEach("a part of the model", paths),
         chosen_.gradients.CheckEach("a parameter", parameters),
         chosen_.weights.CheckEach("a parameter or buffer", weights)});
  }

  Observer* Observes(const Run& run) override {
    seen_.clear();
    const bool wanted = run.phase == Phase::kTrain && Writes(run) &&
                        !chosen_.activations.empty();
    return wanted ? this : nullptr;
  }

  void Called(std::string_view path, const Block&, const at::Tensor&,
              const at::Tensor& output) override {
    if (chosen_.activations.Match(path))
      seen_[std::string(path)] = output.detach();
  }

  absl::Status BeforeStep(Run& run) override {
    if (!Writes(run)) return absl::OkStatus();
    State state;
    const auto set = [&state](const char* kind, const std::string& name,
                              const at::Tensor& tensor) {
      state.Set(absl::StrCat(kind, ".", name), tensor.detach().to(at::kCPU));
    };
    for (const auto& [path, output] : seen_) set("activation", path, output);
    for (const auto& [name, tensor] : ParametersAndBuffers(*run.model)) {
      if (chosen_.weights.Match(name)) set("weight", name, tensor);
      const at::Tensor& gradient = tensor.grad();
      if (gradient.defined() && chosen_.gradients.Match(name)) {
        set("gradient", name, gradient);
      }
    }
    seen_.clear();
    const std::string folder = run.folder + "/dump";
    // One that can't be made is told of by the file in it.
    std::error_code ignored;
    std::filesystem::create_directories(folder, ignored);
    return WriteSafetensors(
        absl::StrFormat("%s/step_%06d.safetensors", folder, StepOf(run)),
        state);
  }

 private:
  static int64_t StepOf(const Run& run) { return run.progress.step + 1; }
  bool Writes(const Run& run) const {
    const int64_t step = StepOf(run);
    return !run.folder.empty() && step % options_.every_steps() == 0 &&
           (options_.last_step() == 0 || step <= options_.last_step());
  }

  const Options options_;
  const Chosen chosen_;
  std::map<std::string, at::Tensor> seen_;  // outputs of the latest forward
};

Made<Hook> MakeDump(const Options& options) {
  RETURN_IF_ERROR(Together({AtLeast("every_steps", options.every_steps(), 1),
                            AtLeast("last_step", options.last_step(), 0)}));
  const auto patterns = [](const char* option, const auto& texts) {
    return NamePatterns::Make(option, {texts.begin(), texts.end()});
  };
  Chosen chosen;
  ASSIGN_OR_RETURN(chosen.activations,
                   patterns("activation", options.activation()));
  ASSIGN_OR_RETURN(chosen.gradients, patterns("gradient", options.gradient()));
  ASSIGN_OR_RETURN(chosen.weights, patterns("weight", options.weight()));
  if (chosen.activations.empty() && chosen.gradients.empty() &&
      chosen.weights.empty()) {
    return Invalid("an activation, gradient or weight must be given");
  }
  return std::make_unique<Dump>(options, std::move(chosen));
}

TOQUE_PLUGIN(MakeDump);

}  // namespace
}  // namespace toque
