// The gradients of a step.

#ifndef TOQUE_FRAMEWORK_SHARED_GRADIENTS_H_
#define TOQUE_FRAMEWORK_SHARED_GRADIENTS_H_

#include "framework/core/run.h"

namespace toque {

// Calls work(name, gradient) for every parameter that has one.
template <typename Work>
void ForEachGradient(const Run& run, const Work& work) {
  for (const Group& group : run.groups) {
    for (const auto& [name, parameter] : group.parameters) {
      const at::Tensor& gradient = parameter.grad();
      if (gradient.defined()) work(name, gradient);
    }
  }
}

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_SHARED_GRADIENTS_H_
