// What the trainer and hooks need of a model, without LibTorch's module
// headers: they cost every file that includes them more than ten seconds.

#ifndef TOQUE_FRAMEWORK_CORE_MODEL_ACCESS_H_
#define TOQUE_FRAMEWORK_CORE_MODEL_ACCESS_H_

#include <string>
#include <vector>

#include "ATen/core/Tensor.h"
#include "framework/core/state.h"

namespace toque {

class Model;

at::Tensor Predict(Model& model, const at::Tensor& input);

// Parameters and buffers by full name, in the order they were registered; a
// tensor that stands under two names is listed once, under the first.
NamedTensors Parameters(const Model& model);
NamedTensors Buffers(const Model& model);

// Train or eval mode while it lives; what was before, afterwards. The modes of
// parts that differ from the model's own are restored one by one.
class ModeScope {
 public:
  ModeScope(Model& model, bool training);
  ~ModeScope();
  ModeScope(const ModeScope&) = delete;
  ModeScope& operator=(const ModeScope&) = delete;

 private:
  Model& model_;
  std::vector<bool> before_;  // of every module, in order
};

void SetTraining(Model& model, bool training);
// Moves all tensors, and converts those of floating type.
void MoveTo(Model& model, at::Device device, at::ScalarType type);
void ResetState(Model& model);
void DetachState(Model& model);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_CORE_MODEL_ACCESS_H_
