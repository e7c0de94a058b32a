// The temporal shift module (Lin et al., TSM: Temporal Shift Module for
// Efficient Video Understanding, 2019).

#ifndef TOQUE_FRAMEWORK_LAYERS_TEMPORAL_SHIFT_H_
#define TOQUE_FRAMEWORK_LAYERS_TEMPORAL_SHIFT_H_

#include <cstdint>

#include "ATen/core/Tensor.h"

namespace toque {

// Maps of clips of `segments` frames each, [N * segments, C, H, W], of which
// the first C / fraction channels (rounded down) come from the frame after, the
// next as many from the frame before, and the others stay; beyond a clip's ends
// there are zeros. Throws for fewer channels than `fraction`, which is at least
// 2.
at::Tensor ShiftInTime(const at::Tensor& maps, int64_t segments,
                       int64_t fraction);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_LAYERS_TEMPORAL_SHIFT_H_
