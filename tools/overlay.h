// Heat laid over a picture.

#ifndef TOQUE_TOOLS_OVERLAY_H_
#define TOQUE_TOOLS_OVERLAY_H_

#include "ATen/core/Tensor.h"
#include "framework/plot/plot.h"

namespace toque {

// The picture with a colour over it that is the stronger the greater `heat` [H,
// W] is: from violet over red to yellow. What is below 0 leaves the picture as
// it is; the strongest colour stands for the value that 1 % of the pixels are
// above, so that single ones don't outshine all others. The sizes must be
// equal. The name is kept.
Sheet::Picture Overlay(const Sheet::Picture& picture, const at::Tensor& heat);

}  // namespace toque

#endif  // TOQUE_TOOLS_OVERLAY_H_
