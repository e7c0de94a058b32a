#include "framework/core/model_access.h"

#include <unordered_set>

#include "framework/core/model.h"

namespace toque {
namespace {

template <typename Items>
NamedTensors Distinct(const Items& items) {
  NamedTensors distinct;
  std::unordered_set<const c10::TensorImpl*> seen;
  for (const auto& item : items) {
    if (!item.value().defined()) continue;
    if (!seen.insert(item.value().unsafeGetTensorImpl()).second) continue;
    distinct.emplace_back(item.key(), item.value());
  }
  return distinct;
}

}  // namespace

at::Tensor Predict(Model& model, const at::Tensor& input) {
  return model(input);
}

NamedTensors Parameters(const Model& model) {
  return Distinct(model.named_parameters());
}

NamedTensors Buffers(const Model& model) {
  return Distinct(model.named_buffers());
}

ModeScope::ModeScope(Model& model, bool training) : model_(model) {
  for (const auto& part : model.modules()) {
    before_.push_back(part->is_training());
  }
  model.train(training);
}

ModeScope::~ModeScope() {
  // train() also sets what lies below, and modules() lists parents first.
  size_t i = 0;
  for (const auto& part : model_.modules()) part->train(before_[i++]);
}

void SetTraining(Model& model, bool training) { model.train(training); }

void MoveTo(Model& model, at::Device device, at::ScalarType type) {
  // Module::to() would convert counters, too.
  for (const NamedTensors& tensors : {Parameters(model), Buffers(model)}) {
    for (const auto& [name, tensor] : tensors) {
      const at::ScalarType to =
          tensor.is_floating_point() ? type : tensor.scalar_type();
      tensor.set_data(tensor.to(device, to));
    }
  }
}

void ResetState(Model& model) { model.ResetState(); }
void DetachState(Model& model) { model.DetachState(); }

}  // namespace toque
