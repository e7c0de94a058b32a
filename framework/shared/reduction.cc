#include "framework/shared/reduction.h"

#include "ATen/core/Reduction.h"

namespace toque {

int64_t ReductionOf(Reduction reduction) {
  return reduction == SUM ? at::Reduction::Sum : at::Reduction::Mean;
}

}  // namespace toque
