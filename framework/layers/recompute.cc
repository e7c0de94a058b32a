#include "framework/layers/recompute.h"

#include <algorithm>
#include <array>
#include <unordered_set>
#include <utility>

#include "ATen/Context.h"
#include "ATen/autocast_mode.h"
#include "torch/csrc/autograd/autograd.h"
#include "torch/csrc/autograd/custom_function.h"

namespace toque {
namespace {

using torch::autograd::AutogradContext;
using Tensors = torch::autograd::variable_list;
// Of each part that carries something, what it carries.
using Carried = std::vector<Tensors>;

thread_local bool recomputing = false;
thread_local bool keeps_input = false;

class FlagScope {
 public:
  explicit FlagScope(bool* flag)
      : flag_(flag), before_(std::exchange(*flag, true)) {}
  ~FlagScope() { *flag_ = before_; }

 private:
  bool* flag_;
  bool before_;
};

// What a forward depends on beside its input and the block.
class Surroundings {
 public:
  explicit Surroundings(at::Device device) : device_(device) {
    states_ = {Generator(at::kCPU).get_state()};
    if (!device.is_cpu()) states_.push_back(Generator(device).get_state());
    for (size_t i = 0; i < kTypes.size(); ++i) {
      enabled_[i] = at::autocast::is_autocast_enabled(kTypes[i]);
      dtypes_[i] = at::autocast::get_autocast_dtype(kTypes[i]);
    }
  }

  at::Device device() const { return device_; }

  void Restore() const {
    Generator(at::kCPU).set_state(states_[0]);
    if (!device_.is_cpu()) Generator(device_).set_state(states_[1]);
    for (size_t i = 0; i < kTypes.size(); ++i) {
      at::autocast::set_autocast_enabled(kTypes[i], enabled_[i]);
      at::autocast::set_autocast_dtype(kTypes[i], dtypes_[i]);
    }
  }

 private:
  static constexpr std::array kTypes = {at::kCPU, at::kCUDA};

  static at::Generator Generator(at::Device device) {
    return at::globalContext().defaultGenerator(device);
  }

  at::Device device_;
  std::vector<at::Tensor> states_;  // of the CPU's generator, of the device's
  std::array<bool, 2> enabled_;
  std::array<at::ScalarType, 2> dtypes_;
};

// Autocast keeps the parameters that it has cast, with their history or
// without: those of one run must not meet the other.
class CastCacheScope {
 public:
  CastCacheScope() { at::autocast::clear_cache(); }
  ~CastCacheScope() { at::autocast::clear_cache(); }
};

// The same values, without history.
at::Tensor LeafOf(const at::Tensor& tensor) {
  return tensor.detach().requires_grad_(tensor.requires_grad());
}

Carried LeavesOf(Carried carried) {
  for (Tensors& some : carried) {
    std::ranges::transform(some, some.begin(), LeafOf);
  }
  return carried;
}

// LibTorch lists what is registered under two names twice; a gradient asked
// for twice would be added twice.
void DropRepeated(Tensors* tensors) {
  std::unordered_set<const c10::TensorImpl*> seen;
  std::erase_if(*tensors, [&seen](const at::Tensor& tensor) {
    return !seen.insert(tensor.unsafeGetTensorImpl()).second;
  });
}

// A call of a block, and what it takes to make it again.
struct Call : torch::CustomClassHolder {
  Call(Block* block, at::Device device) : block(block), surroundings(device) {
    for (const auto& part : block->modules(/*include_self=*/false)) Keep(*part);
    Keep(*block);
  }

  void Keep(torch::nn::Module& part) {
    auto* carrier = dynamic_cast<CarriesState*>(&part);
    if (carrier == nullptr || std::ranges::count(carriers, carrier) > 0) return;
    carriers.push_back(carrier);
    begin.push_back(carrier->Carried());
  }

  // All that gradients are asked for: the input, what is carried to the call,
  // and parameters.
  Tensors Inputs(const at::Tensor& input, const Carried& carried) const {
    Tensors inputs = {input};
    for (const Tensors& some : carried) {
      inputs.insert(inputs.end(), some.begin(), some.end());
    }
    Tensors parameters = block->parameters();
    DropRepeated(&parameters);
    inputs.insert(inputs.end(), parameters.begin(), parameters.end());
    return inputs;
  }

  // The output, and what the call leaves to be carried on.
  Tensors Run(const at::Tensor& input, const Carried& carried) const {
    // The first run records a graph, too, and drops it: some operators,
    // at::lstm for one, give other last bits without.
    const at::AutoGradMode gradients(true);
    const FlagScope keep(&keeps_input);
    const CastCacheScope cache;
    for (size_t i = 0; i < carriers.size(); ++i) {
      carriers[i]->Carried() = carried[i];
    }
    Tensors outputs = {block->Forward(input)};
    for (CarriesState* carrier : carriers) {
      const Tensors& left = carrier->Carried();
      outputs.insert(outputs.end(), left.begin(), left.end());
    }
    return outputs;
  }

  Block* block;
  std::vector<CarriesState*> carriers;
  Carried begin;
  Surroundings surroundings;
};

// Puts the surroundings of a call in place while it lives, and what is carried
// now back afterwards.
class SecondRun {
 public:
  explicit SecondRun(const Call& call)
      : call_(call), now_(call.surroundings.device()) {
    call.surroundings.Restore();
    for (CarriesState* carrier : call.carriers) {
      carried_.push_back(carrier->Carried());
    }
  }
  ~SecondRun() {
    now_.Restore();
    for (size_t i = 0; i < carried_.size(); ++i) {
      call_.carriers[i]->Carried() = std::move(carried_[i]);
    }
  }

 private:
  const Call& call_;
  const Surroundings now_;
  Carried carried_;
  const FlagScope recompute_{&recomputing};
  const ObserverScope unobserved_{nullptr};
};

// Of each input; undefined where there is none.
Tensors GradientsOf(const Tensors& outputs, const Tensors& inputs,
                    const Tensors& output_gradients) {
  Tensors from, along, to;
  for (size_t i = 0; i < outputs.size(); ++i) {
    if (!outputs[i].requires_grad() || !output_gradients[i].defined()) continue;
    from.push_back(outputs[i]);
    along.push_back(output_gradients[i]);
  }
  std::ranges::copy_if(inputs, std::back_inserter(to),
                       &at::Tensor::requires_grad);
  Tensors found(to.size());
  if (!from.empty() && !to.empty()) {
    found = torch::autograd::grad(from, to, along, /*retain_graph=*/false,
                                  /*create_graph=*/false,
                                  /*allow_unused=*/true);
  }
  Tensors gradients(inputs.size());
  for (size_t i = 0, next = 0; i < inputs.size(); ++i) {
    if (inputs[i].requires_grad()) gradients[i] = std::move(found[next++]);
  }
  return gradients;
}

struct Recomputation : torch::autograd::Function<Recomputation> {
  static Tensors forward(AutogradContext* context,
                         const c10::intrusive_ptr<Call>& call,
                         at::TensorList inputs) {
    context->save_for_backward({inputs[0]});
    context->saved_data["call"] = at::IValue::make_capsule(call);
    context->set_materialize_grads(false);
    Tensors outputs = call->Run(LeafOf(inputs[0]), LeavesOf(call->begin));
    for (at::Tensor& output : outputs) output = output.detach();
    return outputs;
  }

  static Tensors backward(AutogradContext* context,
                          const Tensors& output_gradients) {
    TORCH_CHECK(!at::GradMode::is_enabled(),
                "a block that is recomputed has no second derivative");
    const auto call = c10::static_intrusive_pointer_cast<Call>(
        context->saved_data.at("call").toCapsule());
    const at::Tensor input = LeafOf(context->get_saved_variables()[0]);
    const Carried begin = LeavesOf(call->begin);
    Tensors outputs;
    {
      const SecondRun scope(*call);
      outputs = call->Run(input, begin);
    }
    Tensors gradients =
        GradientsOf(outputs, call->Inputs(input, begin), output_gradients);
    gradients.insert(gradients.begin(), at::Tensor());  // of the call
    return gradients;
  }
};

}  // namespace

at::Tensor ForwardRecomputed(Block& block, const at::Tensor& input) {
  const auto call = c10::make_intrusive<Call>(&block, input.device());
  const Tensors inputs = call->Inputs(input, call->begin);
  const Tensors outputs = Recomputation::apply(call, at::TensorList(inputs));
  size_t next = 1;
  for (CarriesState* carrier : call->carriers) {
    for (at::Tensor& some : carrier->Carried()) some = outputs[next++];
  }
  return outputs[0];
}

bool Recomputing() { return recomputing; }
bool KeepsInput() { return keeps_input; }

}  // namespace toque
