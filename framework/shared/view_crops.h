// Crops that make several views of each one, for every frame of it.

#ifndef TOQUE_FRAMEWORK_SHARED_VIEW_CROPS_H_
#define TOQUE_FRAMEWORK_SHARED_VIEW_CROPS_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/functional/function_ref.h"
#include "framework/core/example.h"
#include "framework/shared/extent.h"
#include "framework/status.h"

namespace toque {

// Makes the views of a frame from the first of them, which holds it;
// views[i][frame] is there for each i.
using SpreadFrame =
    absl::FunctionRef<absl::Status(std::vector<Image>* views, size_t frame)>;

// Puts `crops` views in place of each view of an example of images.
absl::Status SpreadViews(size_t crops, Example* example, SpreadFrame spread);

// Makes `view` the part of `pixels` at (top, left), which lies in them; counted
// and copied from the bottom upwards where told.
void CopyPart(const EditablePixels& pixels, int64_t top, int64_t left,
              const Extent& extent, bool upside_down, Image* view);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_SHARED_VIEW_CROPS_H_
