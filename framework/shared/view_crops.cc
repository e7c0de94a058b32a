#include "framework/shared/view_crops.h"

#include <algorithm>

namespace toque {

absl::Status SpreadViews(size_t crops, Example* example, SpreadFrame spread) {
  auto& images = example->images;
  const size_t views = images.size();
  example->SetViews(views * crops);
  // From the last on, so that no view is overwritten before its turn.
  for (size_t view = views; view-- > 0;) {
    std::swap(images[view], images[view * crops]);
    const size_t frames = images[view * crops].size();
    for (size_t crop = 1; crop < crops; ++crop) {
      images[view * crops + crop].resize(frames);
    }
    for (size_t frame = 0; frame < frames; ++frame) {
      RETURN_IF_ERROR(spread(&images[view * crops], frame));
    }
  }
  return absl::OkStatus();
}

void CopyPart(const EditablePixels& pixels, int64_t top, int64_t left,
              const Extent& extent, bool upside_down, Image* view) {
  const int64_t channels = pixels.channels;
  const int64_t row = extent.width * channels;
  uint8_t* out = view->Allocate(channels, extent.height, extent.width).data();
  for (int64_t y = top; y < top + extent.height; ++y, out += row) {
    const int64_t from = upside_down ? pixels.height - 1 - y : y;
    std::copy_n(pixels.row(from) + left * channels, row, out);
  }
}

}  // namespace toque
