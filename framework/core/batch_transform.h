// Batch transforms change a training batch on its device: mixup, cutmix.

#ifndef TOQUE_FRAMEWORK_CORE_BATCH_TRANSFORM_H_
#define TOQUE_FRAMEWORK_CORE_BATCH_TRANSFORM_H_

#include <string_view>

#include "framework/core/batch.h"
#include "framework/core/registry.h"
#include "framework/core/rng.h"

namespace toque {

class BatchTransform {
 public:
  static constexpr std::string_view kKind = "batch_transform";
  virtual ~BatchTransform() = default;

  // Changes the batch; must replace its tensors, not write into them. `rng` is
  // a function of the seed and the step. The target may become soft: [N, C].
  virtual absl::Status Apply(Batch& batch, Rng& rng) const = 0;
  // Whether labels become soft targets; losses that don't take them are refused
  // before the run.
  virtual bool SoftensTarget() const { return false; }
};

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_CORE_BATCH_TRANSFORM_H_
