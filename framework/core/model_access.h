// What the trainer and hooks need of a model, without LibTorch's module
// headers: they cost every file that includes them more than ten seconds.

#ifndef TOQUE_FRAMEWORK_CORE_MODEL_ACCESS_H_
#define TOQUE_FRAMEWORK_CORE_MODEL_ACCESS_H_

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "ATen/core/Tensor.h"
#include "c10/core/MemoryFormat.h"
#include "framework/core/state.h"

namespace toque {

class Model;

at::Tensor Predict(Model& model, const at::Tensor& input);
// As above, and puts the outputs of the parts `taps` into `outputs` by their
// paths; of a part that is called several times the last. Throws where one is
// not called, or where gradients are recorded and it is inside a part that is
// recomputed, as its output has none.
at::Tensor Predict(Model& model, const at::Tensor& input,
                   const std::vector<std::string>& taps,
                   std::map<std::string, at::Tensor>* outputs);

// Paths of the model's parts, parents first: "layer1", "layer1.0".
std::vector<std::string> BlockPaths(const Model& model);

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
// Sets to evaluation every part that has parameters none of which requires
// gradients: a frozen part keeps its statistics, too. After each
// SetTraining(model, true).
void FreezeStatistics(Model& model);
// Makes the statistics of batch norms and the like, those of parts that are in
// training mode, anew: the plain average over the batches that `forward_all`
// sends through the model. Gives what forward_all gives; no gradients are
// recorded in it.
absl::Status RecomputeStatistics(
    Model& model, const std::function<absl::Status()>& forward_all);

// Has the parts whose paths match one of the regular expressions, which are
// searched for, computed again in backward instead of keeping their
// activations; parts of a marked part aren't marked. An error
// "recompute[0]: ..." for a pattern that is none or matches no part.
absl::Status MarkRecompute(Model& model,
                           const std::vector<std::string>& patterns);

// Moves all tensors, and converts those of floating type.
void MoveTo(Model& model, at::Device device, at::ScalarType type);
// Lays out parameters of four dimensions.
void ToMemoryFormat(Model& model, at::MemoryFormat format);
void ResetState(Model& model);
void DetachState(Model& model);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_CORE_MODEL_ACCESS_H_
