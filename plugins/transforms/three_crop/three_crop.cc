#include <algorithm>

#include "framework/core/option_checks.h"
#include "framework/core/transform.h"
#include "framework/shared/extent.h"
#include "framework/shared/view_crops.h"
#include "plugins/transforms/three_crop/three_crop.pb.h"

namespace toque {
namespace {

constexpr int64_t kCrops = 3;

struct ThreeCrop : Transform {
  explicit ThreeCrop(Extent extent) : extent(extent) {}

  absl::Status Apply(Example& example, Rng&) const override {
    if (!example.has_images()) return NeedsImages();
    return SpreadViews(kCrops, &example, [this](auto* views, size_t frame) {
      return Spread(views, frame);
    });
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
      CopyPart(pixels, crop * height / 2, crop * width / 2, extent,
               /*upside_down=*/false, &view);
      view.set_content(source.content());
    }
    source.Crop(0, 0, extent.height, extent.width);
    return absl::OkStatus();
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
