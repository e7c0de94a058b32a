#include <algorithm>

#include "framework/core/option_checks.h"
#include "framework/core/transform.h"
#include "framework/shared/extent.h"
#include "plugins/transforms/three_crop/three_crop.pb.h"

namespace toque {
namespace {

constexpr int64_t kCrops = 3;

struct ThreeCrop : Transform {
  explicit ThreeCrop(Extent extent) : extent(extent) {}

  absl::Status Apply(Example& example, Rng&) const override {
    if (!example.has_images()) return NeedsImages();
    auto& images = example.images;
    const size_t views = images.size();
    example.SetViews(views * kCrops);
    // From the last on, so that no view is overwritten before its turn.
    for (size_t view = views; view-- > 0;) {
      std::swap(images[view], images[view * kCrops]);
      const size_t frames = images[view * kCrops].size();
      for (size_t crop = 1; crop < kCrops; ++crop) {
        images[view * kCrops + crop].resize(frames);
      }
      for (size_t frame = 0; frame < frames; ++frame) {
        RETURN_IF_ERROR(Spread(&images[view * kCrops], frame));
      }
    }
    return absl::OkStatus();
  }

  // Makes the three views of a frame from the first of them.
  absl::Status Spread(std::vector<Image>* views, size_t frame) const {
    Image& source = views[0][frame];
    const int64_t height = source.height() - extent.height;
    const int64_t width = source.width() - extent.width;
    if (std::min(height, width) != 0) {
      return Invalid("the image must have the height or the width of " +
                         TextOf(extent) + ", and no less of the other",
                     TextOf({source.height(), source.width()}));
    }
    ASSIGN_OR_RETURN(const EditablePixels pixels, source.Edit());
    for (int64_t crop = 1; crop < kCrops; ++crop) {
      Image& view = views[crop][frame];
      Copy(pixels, crop * height / 2, crop * width / 2, view);
      view.set_content(source.content());
    }
    source.Crop(0, 0, extent.height, extent.width);
    return absl::OkStatus();
  }

  // The part of `pixels` at (top, left).
  void Copy(const EditablePixels& pixels, int64_t top, int64_t left,
            Image& view) const {
    const int64_t channels = pixels.channels;
    const int64_t row = extent.width * channels;
    uint8_t* out = view.Allocate(channels, extent.height, extent.width).data();
    for (int64_t y = top; y < top + extent.height; ++y, out += row) {
      std::copy_n(pixels.row(y) + left * channels, row, out);
    }
  }

  Extent extent;
};

Made<Transform> MakeThreeCrop(const recipe::ThreeCrop& options) {
  RETURN_IF_ERROR(CheckExtent(options));
  return std::make_unique<ThreeCrop>(ExtentOf(options));
}

TOQUE_PLUGIN(MakeThreeCrop);

}  // namespace
}  // namespace toque
