#include <algorithm>
#include <iostream>

#include "ATen/Context.h"
#include "ATen/ops/arange.h"
#include "framework/core/hook.h"
#include "framework/core/model_access.h"
#include "framework/shared/gradient_check.h"
#include "plugins/hooks/check_gradients/check_gradients.pb.h"

namespace toque {
namespace {

using Options = recipe::CheckGradients;

// The model in float64 and with its own copy of everything, while it lives.
class DoubleScope {
 public:
  explicit DoubleScope(const Model& model) {
    for (const NamedTensors& tensors : {Parameters(model), Buffers(model)}) {
      for (const auto& [name, tensor] : tensors) {
        before_.emplace_back(tensor, tensor.detach());
        const auto type =
            tensor.is_floating_point() ? at::kDouble : tensor.scalar_type();
        tensor.set_data(
            tensor.detach().to(type).clone(at::MemoryFormat::Contiguous));
      }
    }
  }
  ~DoubleScope() {
    for (const auto& [tensor, data] : before_) tensor.set_data(data);
  }
  DoubleScope(const DoubleScope&) = delete;
  DoubleScope& operator=(const DoubleScope&) = delete;

 private:
  std::vector<std::pair<at::Tensor, at::Tensor>> before_;
};

// The default generators where they stood, again and again.
class Dice {
 public:
  explicit Dice(at::Device device) : generators_{GeneratorOf(at::kCPU)} {
    if (!device.is_cpu()) generators_.push_back(GeneratorOf(device));
    for (const at::Generator& one : generators_) {
      states_.push_back(one.get_state());
    }
  }
  ~Dice() { Restore(); }
  void Restore() {
    for (size_t i = 0; i < generators_.size(); ++i) {
      generators_[i].set_state(states_[i]);
    }
  }

 private:
  static at::Generator GeneratorOf(at::Device device) {
    return at::globalContext().defaultGenerator(device);
  }
  std::vector<at::Generator> generators_;
  std::vector<at::Tensor> states_;
};

// A number that depends on every output of the model for `input`.
at::Tensor ValueOf(Model& model, const at::Tensor& input) {
  ResetState(model);
  const at::Tensor output = Predict(model, input);
  const at::Tensor weights = at::arange(output.numel(), output.options()).cos();
  return output.flatten().dot(weights);
}

class CheckGradients : public Hook {
 public:
  explicit CheckGradients(const Options& options) : options_(options) {}

  absl::Status AfterStep(Run& run) override {
    if (std::exchange(done_, true)) return absl::OkStatus();
    return Check(run);
  }

 private:
  absl::Status Check(const Run& run) const {
    Model& model = *run.model;
    Dice dice(run.device);
    const DoubleScope in_double(model);
    at::Tensor input = run.batch.input;
    input = input.narrow(0, 0, std::min(options_.examples(), input.size(0)));
    if (input.is_floating_point()) input = input.to(at::kDouble);
    const auto value = [&] {
      dice.Restore();
      return ValueOf(model, input);
    };
    NamedTensors trained = Parameters(model);
    std::erase_if(trained, [](const auto& named) {
      return !named.second.requires_grad();
    });
    const auto report = CompareGradients(value, trained, options_.entries(),
                                         options_.tolerance());
    ResetState(model);  // no state in float64 is left
    RETURN_IF_ERROR(report.status());
    std::cerr << "gradients: " << report->entries << " entries of "
              << trained.size() << " parameters are those of finite "
              << "differences; the greatest difference is " << report->greatest
              << std::endl;
    return absl::OkStatus();
  }

  const Options options_;
  bool done_ = false;
};

Made<Hook> MakeCheckGradients(const Options& options) {
  RETURN_IF_ERROR(Together({AtLeast("entries", options.entries(), 1),
                            AtLeast("examples", options.examples(), 1),
                            Above("tolerance", options.tolerance(), 0)}));
  return std::make_unique<CheckGradients>(options);
}

TOQUE_PLUGIN(MakeCheckGradients);

}  // namespace
}  // namespace toque
