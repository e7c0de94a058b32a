// Changes that look at a pixel's neighbours, of any number of channels. `out`
// has the size and channels of `in` and lies elsewhere.

#ifndef TOQUE_FRAMEWORK_AUGMENT_NEIGHBOURS_H_
#define TOQUE_FRAMEWORK_AUGMENT_NEIGHBOURS_H_

#include "framework/image/pixels.h"

namespace toque {

// Pillow's sharpness, level for level: factor 0 smooths, 1 changes nothing,
// more sharpens. The outermost pixels stay as they are.
void AdjustSharpness(const EditablePixels& in, double factor,
                     const EditablePixels& out);

// torchvision's Gaussian blur, to within a level: `kernel_size` pixels a side,
// odd, of a normal distribution of standard deviation `sigma`; the picture is
// mirrored at its border. kernel_size / 2 must be below both sides.
void Blur(const EditablePixels& in, int64_t kernel_size, double sigma,
          const EditablePixels& out);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_AUGMENT_NEIGHBOURS_H_
