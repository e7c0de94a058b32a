// Image's pixels for operations on colours, and for those that need a second
// picture.

#ifndef TOQUE_FRAMEWORK_AUGMENT_EDIT_H_
#define TOQUE_FRAMEWORK_AUGMENT_EDIT_H_

#include "absl/functional/function_ref.h"
#include "framework/image/image.h"
#include "framework/image/pixels.h"
#include "framework/status.h"

namespace toque {

// An error for optical flow.
absl::Status NeedsColours(const Image& image);
// An error for optical flow, and for other than 1 or 3 channels.
absl::Status NeedsGreyOrRgb(const Image& image);

// Replaces the image by one of the given form, all of which `draw` writes to
// `out`. Allocates only until each thread's memory has grown to the greatest
// picture, or for one above kMostScratch.
using DrawFrom = absl::FunctionRef<void(const EditablePixels& in,
                                        const EditablePixels& out)>;
absl::Status Redraw(Image& image, int64_t channels, int64_t height,
                    int64_t width, DrawFrom draw);
inline absl::Status Redraw(Image& image, DrawFrom draw) {
  return Redraw(image, image.channels(), image.height(), image.width(), draw);
}

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_AUGMENT_EDIT_H_
