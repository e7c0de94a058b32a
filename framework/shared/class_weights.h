// Weights of classes, as an option of a loss gives them.

#ifndef TOQUE_FRAMEWORK_SHARED_CLASS_WEIGHTS_H_
#define TOQUE_FRAMEWORK_SHARED_CLASS_WEIGHTS_H_

#include <optional>
#include <string_view>

#include "ATen/core/Tensor.h"
#include "absl/types/span.h"
#include "framework/core/context.h"
#include "framework/status.h"

namespace toque {

class ClassWeights {
 public:
  // The values of the repeated option `name`; none where all classes weigh
  // alike. Each must be finite and at least 0, one of them above, and there
  // must be one for each class where the context knows how many there are.
  static absl::StatusOr<ClassWeights> Make(std::string_view name,
                                           absl::Span<const double> values,
                                           const Context& context);

  // [C], of the type and on the device of `output`; nothing without weights.
  std::optional<at::Tensor> Like(const at::Tensor& output);
  // The same to multiply with `output` [N, C, ...]: [C, 1, ...].
  std::optional<at::Tensor> Along(const at::Tensor& output);

 private:
  std::optional<at::Tensor> weights_;
};

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_SHARED_CLASS_WEIGHTS_H_
