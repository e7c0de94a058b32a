// Losses: what training makes smaller.

#ifndef TOQUE_FRAMEWORK_CORE_LOSS_H_
#define TOQUE_FRAMEWORK_CORE_LOSS_H_

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "framework/core/batch.h"
#include "framework/core/registry.h"
#include "framework/core/state.h"

namespace toque {

class Loss {
 public:
  static constexpr std::string_view kKind = "loss";
  virtual ~Loss() = default;

  // Opens what the options name, such as a teacher's weights. Called once,
  // before the first step.
  virtual absl::Status Open(const Context&) { return absl::OkStatus(); }
  // A scalar that gradients flow back from: the mean over the batch, unless
  // the options say otherwise. Shapes that don't fit are reported by throwing
  // (CHECK_SHAPE, TORCH_CHECK).
  virtual at::Tensor Compute(const Prediction& prediction,
                             const Batch& batch) = 0;

  // Whether Compute takes a soft target [N, classes], as mixup makes of labels.
  // Where not, an experiment that makes one is refused.
  virtual bool TakesSoftTarget() const { return false; }

  // Parameters that are trained with the model's and saved with it.
  virtual NamedTensors Parameters() { return {}; }
  // Paths of the model's parts whose outputs Compute wants to see.
  virtual std::vector<std::string> Taps() const { return {}; }
};

enum class SoftTarget { kRefused, kTaken };

// A loss that is a function of output and target alone.
std::unique_ptr<Loss> LossOf(std::function<at::Tensor(const at::Tensor& output,
                                                      const at::Tensor& target)>
                                 function,
                             SoftTarget soft_target = SoftTarget::kRefused);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_CORE_LOSS_H_
