// What becomes of the losses of a batch, as an option says it and as LibTorch
// does.

#ifndef TOQUE_FRAMEWORK_SHARED_REDUCTION_H_
#define TOQUE_FRAMEWORK_SHARED_REDUCTION_H_

#include <cstdint>

#include "framework/options.pb.h"

namespace toque {

// One of at::Reduction.
int64_t ReductionOf(Reduction reduction);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_SHARED_REDUCTION_H_
